"""An order goes somewhere else, or at another time: as long as no store has begun with it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from datong.brand.api import locate, stores_by_id
from datong.brand.types import AddressText
from datong.catalog.api import delivery_fees
from datong.catalog.types import FeeAsk
from datong.fulfilment.api import lock_tasks, promise
from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.geo import distance_m
from datong.orders.actions.cancel import OPEN
from datong.orders.actions.notes import note, record
from datong.orders.actions.paid import lock
from datong.orders.actions.resource import ADDRESS, resource
from datong.orders.queries.page import OrderView, order_page
from datong.orders.sourcing import supply
from datong.orders.types import Destination

FRESH = frozenset({TaskState.NEW, TaskState.CANCELLED, TaskState.REFUSED})


def redirect(
    order_id: UUID,
    *,
    brand: UUID,
    who: str,
    reason: str,
    destination: Destination | None = None,
    promised_at: datetime | None = None,
    keep_fee: bool = False,
) -> OrderView:
    """Change where an order is brought, when, or both, before a store has accepted it.

    A store that does not reach the new address gives it to one that does. A delivery that would cost more is refused
    with both fees, unless the brand bears it (`keep_fee`); one that would cost less costs what was agreed. Raises
    BadValue for an address that is not found, Conflict when a store has begun, nobody brings it there, or for the fee.
    """
    if not reason.strip() or len(reason) > 300:
        raise BadValue("/reason", reason[:80], "a few words on why, at most 300 characters")
    if promised_at is not None and promised_at < clock.now():
        raise BadValue("/promised_at", promised_at.isoformat(), "a time to come")
    try:
        with in_brand(brand):
            before = _checked(order_id, brand)
            if destination is not None:
                _move(before, destination, brand, who, keep_fee=keep_fee)
            if promised_at is not None:
                execute(AT, {"brand": brand, "order": order_id, "at": promised_at})
                promise(order_id, promised_at, brand=brand)
            after = order_page(brand, order_id)
            note([order_id], "redirected", brand=brand, who=who, reason=reason)
            changed = ("address", "promised_at", "store_id")
            was, now = ({name: getattr(one, name) for name in changed} for one in (before, after))
            record(brand, order_id, "order.redirect", who=who, reason=reason, before=was, after=now)
            return after
    except (Conflict, BadValue):
        # A plan that is not kept has taken units in the picture.
        supply.forget(brand)
        raise


def _checked(order_id: UUID, brand: UUID) -> OrderView:
    if lock([order_id], brand).get(order_id) is None:
        raise NotFound(f"no order {order_id}")
    found = order_page(brand, order_id)
    if found.state not in OPEN:
        raise Conflict(f"the order is {found.state}: nothing about it can be changed")
    if any(task.state not in FRESH for task in lock_tasks([order_id], brand=brand)):
        raise Conflict("a store has begun with it: cancel it, or ask the store")
    return found


AT = "UPDATE orders_order SET promised_at = %(at)s WHERE brand_id = %(brand)s AND id = %(order)s"
TO = """
    UPDATE orders_order SET address = %(address)s, lon = %(lon)s, lat = %(lat)s, distance_m = %(distance)s
     WHERE brand_id = %(brand)s AND id = %(order)s
"""
DISTANCE = "SELECT distance_m FROM orders_order WHERE brand_id = %(brand)s AND id = %(order)s"


def _move(before: OrderView, to: Destination, brand: UUID, who: str, *, keep_fee: bool) -> None:
    if before.fulfilment != FulfilmentKind.DELIVERY:
        raise Conflict("it is fetched at its store: there is no address to change")
    text = _written(to.text)
    point = to.place or locate(brand, [to.text])[0]
    if not to.text.line or point is None:
        raise BadValue("/address", text[:80], "an address that is found on the map: street, city, postcode")
    stores = stores_by_id(brand, {store for line in before.lines for store, _ in line.stores})
    far = {store.id: round(distance_m(store.place, point)) for store in stores.values()}
    reached = bool(stores) and all(far[s.id] <= s.serves_radius_m for s in stores.values())
    where = {"address": text[:300], "lon": point.lon, "lat": point.lat, "distance": max(far.values(), default=None)}
    execute(TO, {"brand": brand, "order": before.id, **where})
    if not reached and not resource([before.id], brand=brand, actor=who, why=ADDRESS).get(before.id):
        raise Conflict("no store can bring it there now: cancel it, or keep the address")
    ((metres,),) = rows(DISTANCE, {"brand": brand, "order": before.id})
    goods = before.total_minor - before.delivery_minor
    (fee,) = delivery_fees(brand, [FeeAsk(metres or 0, goods, to.text.region, clock.now())])
    more = (fee.minor if fee else 0) - before.delivery_minor
    if more > 0 and not keep_fee and before.amounts is None:
        asked = before.delivery_minor + more
        fix = f"{before.delivery_minor} was agreed, {asked} it costs there: bear the difference, or order anew"
        raise Conflict("bringing it there costs more", Problem("/keep_fee", "fee_differs", fix, asked))


def _written(text: AddressText) -> str:
    return ", ".join(filter(None, (text.line, text.city, text.region, text.postcode)))
