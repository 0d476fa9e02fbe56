"""Purchase orders: drafted, approved (above a limit by a second person), sent, confirmed, or called off."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.access.api import ask
from datong.access.types import Approval, ApprovalState, Staff
from datong.brand.api import get_brand, list_stores
from datong.catalog.api import items_by_id
from datong.kernel import audit, clock, outbox
from datong.kernel.db import current_brand, in_brand, rows
from datong.kernel.errors import BadInput, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.money import Money
from datong.purchasing import models
from datong.purchasing.events import PurchaseOrderChanged
from datong.purchasing.queries import order_of, subject_of, supplier_items, suppliers
from datong.purchasing.types import ENDED, OrderLine, OrderState, PurchaseOrder

KIND = "purchase.order"
MOST_LINES = 500
MOST_UNITS = 1_000_000
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

OPEN = """
    INSERT INTO purchasing_purchaseorder (brand_id, id, number, supplier_id, store_id, state, buyout, note, expected_on,
                                          by, at, key)
    VALUES (%(brand)s, %(id)s, %(number)s, %(supplier)s, %(store)s, 'draft', %(buyout)s, %(note)s, %(expected)s, %(by)s,
            %(now)s, %(key)s)
    ON CONFLICT (brand_id, key) DO NOTHING RETURNING id
"""


def create_order(
    brand: UUID,
    supplier_id: UUID,
    store_id: UUID,
    units: Mapping[UUID, int],
    *,
    by: str,
    buyout: bool = False,
    note: str = "",
    key: str = "",
) -> PurchaseOrder:
    """Draft an order of (item, units) at the supplier's prices; under the same key once.

    Raises BadInput naming each line the supplier does not sell or that is no whole pack.
    """
    with in_brand(brand):
        supplier = next(iter(suppliers(brand, ids=[supplier_id])), None)
        if supplier is None or not any(s.id == store_id for s in list_stores(brand)):
            raise NotFound("no such supplier or store")
        terms = {t.item_id: t for t in supplier_items(brand, supplier_id=supplier_id, items=list(units))}
        problems = [] if 0 < len(units) <= MOST_LINES else [Problem("/lines", "count", f"1 to {MOST_LINES} items")]
        for n, (item, count) in enumerate(units.items()):
            if item not in terms:
                problems.append(Problem(f"/lines/{n}/item", "not_sold", "an item this supplier sells", str(item)))
            elif not 0 < count <= MOST_UNITS or count % terms[item].pack_units:
                fix = f"whole packs of {terms[item].pack_units} units"
                problems.append(Problem(f"/lines/{n}/units", "pack", fix, count))
        if problems:
            raise BadInput("this order cannot be placed", *problems)
        made, now = uuid7(), clock.now()
        lead = max((terms[i].lead_days or supplier.lead_days for i in units), default=supplier.lead_days)
        today = now.astimezone(ZoneInfo(get_brand(brand).timezone)).date()
        given: dict[str, Any] = {
            "brand": brand,
            "id": made,
            "number": _number(made, f"{today:%y%m%d}"),
            "supplier": supplier_id,
            "store": store_id,
            "buyout": buyout,
            "note": note[:200],
            "expected": today + timedelta(days=lead),
            "by": by[:80],
            "now": now,
            "key": (key or str(made))[:60],
        }
        if not rows(OPEN, given):
            found = models.PurchaseOrder.objects.get(brand_id=brand, key=given["key"])
            return order_of(brand, found.id)
        models.OrderLine.objects.bulk_create(
            [
                models.OrderLine(
                    brand_id=brand, order_id=made, item_id=item, units=count, price_minor=terms[item].price_minor
                )
                for item, count in units.items()
            ]
        )
        return told(brand, made, "purchase.draft", by)


def submit_order(brand: UUID, order_id: UUID, *, by: Staff) -> PurchaseOrder:
    """Ask for the order to be approved: at once within the person's limit, else it waits for another. Twice is once."""
    with in_brand(brand):
        state = take(brand, order_id)
        order = order_of(brand, order_id)
        if state in ENDED:
            raise Conflict(f"this order is {state}")
        if state is not OrderState.DRAFT:
            return order
        (supplier,) = suppliers(brand, ids=[order.supplier_id])
        if order.total_minor < supplier.min_order_minor:
            currency = get_brand(brand).currency
            least = Money(supplier.min_order_minor, currency).format("en")
            problem = Problem("/lines", "min_order", f"at least {least} an order", order.total_minor)
            raise BadInput(f"{supplier.name} delivers from {least} an order", problem)
        move(brand, order_id, OrderState.ASKED)
        told(brand, order_id, "purchase.submit", by.username)
        approval = ask(
            KIND,
            brand=brand,
            by=by,
            subject=f"purchase order {order.number}",
            facts={
                "supplier": supplier.name,
                "items": len(order.lines),
                "units": sum(line.units for line in order.lines),
                "number": str(order_id),
                "href": f"/purchasing/orders/{order_id}/",
            },
            amount_minor=order.total_minor,
            reason=order.note,
            key=f"{order_id}/{order.approval_id or ''}",  # asked anew after it was taken back
        )
        models.PurchaseOrder.objects.filter(brand_id=brand, id=order_id).update(approval_id=approval.id)
        return order_of(brand, order_id)


def approved(approval: Approval) -> None:
    """What `access` calls when the order is approved, in the same transaction."""
    brand, order_id = current_brand(), UUID(str(approval.facts["number"]))
    state = take(brand, order_id)
    if state in ENDED:
        raise Conflict(f"this order is {state}: refuse the request")
    if state is OrderState.ASKED:
        move(brand, order_id, OrderState.APPROVED)
        told(brand, order_id, "purchase.approve", approval.decided_by)


def turned_down(approval: Approval) -> None:
    """What `access` calls when the order is refused, which ends it, or the request taken back: it is a draft again."""
    brand, order_id = current_brand(), UUID(str(approval.facts["number"]))
    if take(brand, order_id) is not OrderState.ASKED:
        return
    refused = approval.state is ApprovalState.REFUSED
    move(brand, order_id, OrderState.REFUSED if refused else OrderState.DRAFT)
    told(brand, order_id, "purchase.refuse" if refused else "purchase.withdraw", approval.decided_by, approval.note)


def send_order(brand: UUID, order_id: UUID, *, by: str, to: str = "") -> PurchaseOrder:
    """It went to the supplier: by e-mail when `to` is given, else as a file or by voice. Conflict before approval.

    Twice is once; an e-mail sent again later is told again and changes nothing else.
    """
    with in_brand(brand):
        if _step(brand, order_id, OrderState.SENT, OrderState.APPROVED):
            models.PurchaseOrder.objects.filter(brand_id=brand, id=order_id).update(sent_at=clock.now())
        elif not to:
            return order_of(brand, order_id)
        return told(brand, order_id, "purchase.send", by, facts={"to": to} if to else None)


def confirm_order(brand: UUID, order_id: UUID, *, by: str) -> PurchaseOrder:
    """The supplier said yes."""
    with in_brand(brand):
        if _step(brand, order_id, OrderState.CONFIRMED, OrderState.SENT):
            return told(brand, order_id, "purchase.confirm", by)
        return order_of(brand, order_id)


def cancel_order(brand: UUID, order_id: UUID, *, by: str) -> PurchaseOrder:
    """Call it off while nothing of it has come; else it is closed with what is missing claimed."""
    with in_brand(brand):
        state = take(brand, order_id)
        order = order_of(brand, order_id)
        if state is OrderState.CANCELLED:
            return order
        if state is OrderState.REFUSED:
            raise Conflict("this order was refused: there is nothing to call off")
        if state is OrderState.CLOSED or any(line.received or line.damaged for line in order.lines):
            raise Conflict("goods of this order have come: close it instead")
        move(brand, order_id, OrderState.CANCELLED)
        return told(brand, order_id, "purchase.cancel", by)


TAKE = "SELECT state FROM purchasing_purchaseorder WHERE brand_id = %(brand)s AND id = %(id)s FOR UPDATE"


def take(brand: UUID, order_id: UUID) -> OrderState:
    """Lock the order and read its state; NotFound."""
    found = rows(TAKE, {"brand": brand, "id": order_id})
    if not found:
        raise NotFound(f"no purchase order {order_id}")
    return OrderState(found[0][0])


def move(brand: UUID, order_id: UUID, state: OrderState) -> None:
    models.PurchaseOrder.objects.filter(brand_id=brand, id=order_id).update(state=state.value)


def _step(brand: UUID, order_id: UUID, to: OrderState, *sources: OrderState) -> bool:
    """Move on from one of the states it may come from; False when it is there or beyond already."""
    state, way = take(brand, order_id), list(OrderState)
    if state in (OrderState.REFUSED, OrderState.CANCELLED) or (
        state not in sources and way.index(state) < way.index(to)
    ):
        raise Conflict(f"this order is {state}")
    if state in sources:
        move(brand, order_id, to)
        return True
    return False


def order_text(brand: UUID, order_id: UUID, *, language: str = "en") -> str:
    """The order as CSV, for the supplier: number, place, and a line an item with units, price and sum."""
    order = order_of(brand, order_id)
    items = items_by_id(brand, [line.item_id for line in order.lines])
    store = next((s for s in list_stores(brand) if s.id == order.store_id), None)
    currency = get_brand(brand).currency
    out = StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(["order", "deliver to", "address", "item", "gtin", "title", "units", "price", "sum", "currency"])
    for line in order.lines:
        item = items.get(line.item_id)
        place = ", ".join(filter(None, [store.address, store.postcode, store.city])) if store else ""
        values: Sequence[Any] = [
            order.number, store.name if store else "", place, item.sku if item else line.item_id,
            item.gtin if item else "", (item.titles.get(language) or item.title) if item else "", line.units,
            Money(line.price_minor, currency).decimal, Money(line.units * line.price_minor, currency).decimal, currency,
        ]  # fmt: skip
        # A text that a spreadsheet would take for a formula gets an apostrophe in front.
        write.writerow(["'" + v if isinstance(v, str) and v[:1] in "=+-@" and v else v for v in values])
    return out.getvalue()


def _number(order_id: UUID, day: str) -> str:
    rest, letters = order_id.int & (1 << 30) - 1, ""
    for _ in range(6):
        rest, digit = divmod(rest, 32)
        letters += _LETTERS[digit]
    return f"P{day}-{letters}"


def told(
    brand: UUID, order_id: UUID, verb: str, by: str, reason: str = "", *, facts: Mapping[str, Any] | None = None
) -> PurchaseOrder:
    """Tell the world and the trail what became of the order; `facts` are for the trail."""
    order = order_of(brand, order_id)
    lines: Sequence[OrderLine] = order.lines
    outbox.emit(PurchaseOrderChanged(order.id, order.supplier_id, order.store_id, order.state.value))
    audit.record(
        brand=brand,
        actor=by,
        verb=verb,
        subject=subject_of(order),
        after={"state": order.state.value, "total_minor": order.total_minor, "units": sum(x.units for x in lines)}
        | dict(facts or {}),
        reason=reason,
        store_id=order.store_id,
    )
    return order
