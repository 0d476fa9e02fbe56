"""The order as an e-mail to its supplier, with the paper and the file for their system attached."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.mail import is_address, send_mail
from datong.kernel.once import once
from datong.purchasing.actions.buy import order_text, send_order
from datong.purchasing.queries import order_of
from datong.purchasing.types import OrderState, PurchaseOrder

MOST_TEXT = 5_000


def order_pdf(brand: UUID, order_id: UUID, *, language: str = "en") -> bytes:
    """The order as a PDF in 'en' or 'zh-hans'; see `purchasing.paper`. NotFound."""
    from datong.purchasing.paper import order_pdf as printed  # ReportLab, which only paper needs

    return printed(brand, order_id, language=language)


def mail_order(
    brand: UUID,
    order_id: UUID,
    *,
    to: str,
    subject: str,
    body: str,
    by: str,
    reply_to: str = "",
    language: str = "en",
    key: str = "",
) -> PurchaseOrder:
    """Send the order to its supplier by e-mail, PDF and CSV attached, and note to whom; under the same key once.

    The mail goes out between two transactions: when the process dies after it went and before that was noted, the
    order still says it was not sent and somebody sends it once more, under the same number. Raises BadInput naming
    `to` or `body`, Conflict before the order is approved or when it is over, Unavailable when the server did not take
    it; nothing is noted then, and another key may try again.
    """
    to, body = to.strip(), body.strip()
    if not is_address(to):
        raise BadValue("to", to[:200], "one e-mail address, such as orders@example.com")
    if not 0 < len(body) <= MOST_TEXT:
        raise BadValue("body", len(body), f"1 to {MOST_TEXT:,} letters")
    fresh: list[bool] = []
    with in_brand(brand):
        order = order_of(brand, order_id)
        if order.state not in (OrderState.APPROVED, OrderState.SENT, OrderState.CONFIRMED):
            raise Conflict(f"this order is {order.state}: it cannot be sent")
        once("purchase.mail", key, [str(order_id), to], lambda: fresh.append(True))
        if not fresh:
            return order
        files = [
            (f"{order.number}.pdf", order_pdf(brand, order_id, language=language), "application/pdf"),
            (f"{order.number}.csv", ("\ufeff" + order_text(brand, order_id)).encode(), "text/csv"),
        ]
    send_mail(to, subject[:200], body, files=files, reply_to=reply_to)
    return send_order(brand, order_id, by=by, to=to)
