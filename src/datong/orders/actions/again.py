"""Something was missing or broken: it is sent again, for nothing, as an order of its own with a word on the first."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from datong.brand.api import stores_by_id
from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.geo import Point
from datong.orders.actions.notes import note, record
from datong.orders.actions.paid import lock
from datong.orders.actions.place import place
from datong.orders.actions.settle import close_finding
from datong.orders.queries.page import OrderView, order_page
from datong.orders.types import Accepted, Amounts, Contact, Destination, ExceptionKind, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod


def send_again(
    order_id: UUID, *, units: Mapping[int, int], reason: str, key: str, channel_id: UUID, brand: UUID, who: str
) -> Accepted:
    """Place an order for nothing over these units (line number -> units) of an order, the same way to the same place.

    Its stock is really reserved, at the first order's store when it is fetched there; without stock it waits like any
    other. The same key again is the same order. Raises BadValue for more units than were sold.
    """
    if not reason.strip() or len(reason) > 300:
        raise BadValue("/reason", reason[:80], "a few words on why, at most 300 characters")
    with in_brand(brand):
        if lock([order_id], brand).get(order_id) is None:
            raise NotFound(f"no order {order_id}")
        first = order_page(brand, order_id)
        (outcome,) = place([_intent(first, units, key, channel_id, brand)], brand=brand, actor=who)
        if not isinstance(outcome, Accepted):
            problems = getattr(outcome, "problems", (Problem("key", "key_used", "a new key for a new request", key),))
            raise Conflict("it cannot be sent again", *problems)
        if not outcome.repeat:
            for finding in order_page(brand, outcome.order_id).findings:
                if finding.kind == ExceptionKind.PRICE_DIFFERS:
                    close_finding(brand, finding.id, who=who, resolution=f"sent again for {first.number}"[:300])
            said = {"order": outcome.number}
            note([order_id], "sent_again", brand=brand, who=who, reason=reason, detail=said)
            note([outcome.order_id], "sent_again", brand=brand, who=who, reason=reason, detail={"for": first.number})
            record(brand, order_id, "order.send_again", who=who, reason=reason, after=said)
        return outcome


def _intent(first: OrderView, units: Mapping[int, int], key: str, channel_id: UUID, brand: UUID) -> OrderIntent:
    lines = {line.line_no: line for line in first.lines}
    wrong = next((no for no, n in units.items() if no not in lines or not 0 < n <= lines[no].units), None)
    if wrong is not None or not units:
        most = lines[wrong].units if wrong in lines else 0
        raise BadValue("/units", units.get(wrong, 0) if wrong is not None else 0, f"1 to {most} units of a line")
    sent = tuple(
        IntentLine(no, lines[no].sku, n, unit_minor=0, title=lines[no].title, options=_options(lines[no].options))
        for no, n in units.items()
    )
    delivery = first.fulfilment == FulfilmentKind.DELIVERY
    store = stores_by_id(brand, [first.store_id]).get(first.store_id) if first.store_id and not delivery else None
    place_ = Point(first.lon, first.lat) if first.lon is not None and first.lat is not None else None
    return OrderIntent(
        channel_id=channel_id,
        external_id=f"again-{first.number}-{key}"[:128],
        placed_at=clock.now(),
        currency=first.currency,
        lines=sent,
        fulfilment=FulfilmentKind.DELIVERY if delivery else FulfilmentKind.PICKUP,
        payment=PaymentMethod.PREPAID,
        paid=True,
        store_code=store.code if store else "",
        destination=Destination(AddressText(line=first.address), place_) if delivery else None,
        contact=Contact(first.contact_name, first.contact_phone, first.contact_email, first.contact_masked),
        amounts=Amounts(goods=0, paid=0),
        note=f"for {first.number}",
    )


def _options(chosen: tuple[dict[str, object], ...]) -> tuple[str, ...]:
    return tuple(str(one["code"]) for one in chosen if one.get("code"))
