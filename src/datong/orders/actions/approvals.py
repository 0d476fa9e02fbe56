"""Money that goes back with a second person's word, where the amount asks for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from datong.access.api import approval, ask
from datong.access.types import Approval, Asker
from datong.kernel.db import current_brand, in_brand
from datong.kernel.errors import BadValue
from datong.kernel.once import once
from datong.orders.actions.paid import give_back, lock
from datong.orders.actions.withdraw import withdraw
from datong.orders.queries.page import OrderView, order_page
from datong.orders.queries.withdrawn import worth_of
from datong.payments.api import refunds_of

KIND_OF_REFUND = "refund"


def ask_to_give_back(
    order_id: UUID,
    *,
    reason: str,
    key: str,
    brand: UUID,
    by: Asker,
    shown: Callable[[int], str],
    href: str,
    amount_minor: int | None = None,
    units: Mapping[int, int] | None = None,
) -> Approval:
    """Ask to give part or all of an order's money back: done at once within the limit of the asker's role, else it
    waits for a second person. `shown` writes an amount as a person reads it.

    `units` (line number -> units) are taken out of the order with it; without an amount what was paid for them goes
    back. The same key again is the same request, whatever has become of the order since; for another request it is a
    Conflict.

    What counts against the limit is what would be given back of the order in all, so that nobody gets around it in
    small steps; two who ask at the same moment go one after the other.

    Raises BadInput naming the amount or the line, Conflict when the units were handed over already.
    """
    wanted = dict(units or {})

    def work() -> str:
        lock([order_id], brand)
        order = order_page(brand, order_id)
        before = sum(made.amount_minor for made in refunds_of(brand, [order_id]))
        amount = _amount(order, wanted, amount_minor, order.total_minor - before, brand)
        return str(
            ask(
                KIND_OF_REFUND,
                brand=brand,
                by=by,
                subject=f"{order.number}: {shown(amount)}",
                facts={
                    "order": order.number,
                    "amount": shown(amount),
                    **_said(order, wanted),
                    "key": key,
                    "href": href,
                    "refund_minor": amount,
                },
                amount_minor=before + amount,
                store_id=order.store_id,
                reason=reason,
                key=key,
            ).id
        )

    with in_brand(brand):
        asked = [str(order_id), sorted(wanted.items()), amount_minor]
        return approval(brand, UUID(once("orders.refund", key, asked, work)))


def _amount(order: OrderView, units: Mapping[int, int], asked: int | None, left: int, brand: UUID) -> int:
    if asked is not None and not (0 if units else 1) <= asked <= left:
        raise BadValue("/amount_minor", asked, f"{0 if units else 1} to {left}: that is what is left of the payment")
    if units:
        worth = worth_of(brand, order, units)
        return worth.amount_minor if asked is None else asked
    if asked is None:
        raise BadValue("/amount_minor", None, "an amount, or lines with units")
    return asked


def _said(order: OrderView, units: Mapping[int, int]) -> dict[str, str]:
    """What the second person reads, and what carrying it out needs."""
    if not units:
        return {}
    goods = [f"{units[line.line_no]} × {line.title or line.sku}" for line in order.lines if line.line_no in units]
    return {"units": " · ".join(goods), "lines": ",".join(f"{no}:{n}" for no, n in units.items())}


def apply_refund(approval: Approval) -> None:
    """Carry out an approved refund, in the transaction of the decision."""
    brand = current_brand()
    order = order_page(brand, str(approval.facts["order"]))
    amount = int(approval.facts.get("refund_minor", approval.amount_minor))
    lines = str(approval.facts.get("lines", ""))
    who, key = approval.decided_by or approval.asked_by, str(approval.facts["key"])
    if lines:
        units = {int(no): int(n) for no, n in (each.split(":") for each in lines.split(","))}
        withdraw(order.id, units=units, amount_minor=amount, reason=approval.reason, key=key, brand=brand, who=who)
    else:
        give_back(order.id, amount_minor=amount, reason=approval.reason, key=key, brand=brand, who=who)
