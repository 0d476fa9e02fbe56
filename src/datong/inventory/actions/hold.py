"""Holding stock for orders, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from datong.inventory import rules
from datong.inventory.actions.common import Place, lock, lock_free, tell
from datong.inventory.events import HoldsEnded
from datong.inventory.types import Reservation, Want
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows

UNPAID_CAP = 500
"""Units one customer may hold without having paid; a shopper cannot block the shop (S-161, dujiao-next#105)."""

HELD = """
    SELECT customer_key, sum(units)::int FROM inventory_hold
     WHERE brand_id = %(brand)s AND customer_key = ANY(%(keys)s::text[]) AND customer_key <> ''
       AND ended_at IS NULL AND expires_at IS NOT NULL
     GROUP BY 1
"""
OUT = """
    SELECT o.location_id, o.item_id FROM inventory_soldout o
      JOIN unnest(%(locations)s::uuid[], %(items)s::uuid[]) w(location_id, item_id) USING (location_id, item_id)
     WHERE o.brand_id = %(brand)s AND o.ended_at IS NULL
"""
HOLD = """
    WITH want AS (
        SELECT * FROM unnest(%(orders)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[], %(units)s::int[],
                             %(customers)s::text[], %(expiries)s::timestamptz[])
                   AS w(order_id, location_id, item_id, units, customer_key, expires_at)
    ), taken AS (
        UPDATE inventory_stock SET reserved = reserved + w.units
          FROM (SELECT location_id, item_id, sum(units) AS units FROM want GROUP BY 1, 2) w
         WHERE inventory_stock.brand_id = %(brand)s
           AND inventory_stock.location_id = w.location_id
           AND inventory_stock.item_id = w.item_id
    )
    INSERT INTO inventory_hold (brand_id, order_id, location_id, item_id, units, customer_key, created_at, expires_at,
                                ended_as)
    SELECT %(brand)s, order_id, location_id, item_id, units, customer_key, %(now)s, expires_at, '' FROM want
    ON CONFLICT (brand_id, order_id, location_id, item_id)       -- a hold that ended and is wanted again
    DO UPDATE SET units = excluded.units, created_at = excluded.created_at, expires_at = excluded.expires_at,
                  ended_at = NULL, ended_as = ''
"""


def reserve(wants: Sequence[Want], *, brand: UUID, cap: int = UNPAID_CAP, wait: bool = True) -> Reservation:
    """Hold stock for many orders at once, first come first served; at most four statements whatever the number,
    five when an order has items that are not counted.

    Safe under concurrency: the rows are locked before they are read, always in the same order, and the CHECK
    (reserved <= on_hand) stands behind the rule. The caller's transaction decides when it counts. A second call in
    one transaction says wait=False: a want that fits, but for rows somebody else holds, is refused as `busy`.
    """
    wants = [want for want in wants if want.quantities]
    if not wants:
        return Reservation((), ())
    with in_brand(brand):
        places = [(want.location_id, item) for want in wants for item in want.quantities]
        stock, held_by_others = (lock(places), {}) if wait else lock_free(places)
        keys = sorted({want.customer_key for want in wants if rules.is_capped(want)})
        held = dict(rows(HELD, {"brand": brand, "keys": keys})) if keys else {}
        rows_seen = {**stock, **held_by_others}
        out = {place for place, row in rows_seen.items() if row.sold_out} | _out_of(wants, brand)
        free = {place: row.free for place, row in rows_seen.items()}
        served, refused, left = rules.allot(wants, free, held, cap, out=out, busy=held_by_others.keys())
        if served:
            _hold(served, brand)
            touched = {(want.location_id, item) for want in served for item in want.quantities}
            tell({place: left[place] for place in touched})
    return Reservation(tuple(served), tuple(refused))


def _out_of(wants: Sequence[Want], brand: UUID) -> set[tuple[UUID, UUID]]:
    """Where items that are not counted are sold out."""
    places = sorted({(want.location_id, item) for want in wants for item in want.also})
    if not places:
        return set()
    columns = {"locations": [location for location, _ in places], "items": [item for _, item in places]}
    return {(location, item) for location, item in rows(OUT, {"brand": brand, **columns})}


def _hold(served: Sequence[Want], brand: UUID) -> None:
    flat = [(want, item, units) for want in served for item, units in want.quantities.items()]
    execute(
        HOLD,
        {
            "brand": brand,
            "now": clock.now(),
            "orders": [want.order_id for want, _, _ in flat],
            "locations": [want.location_id for want, _, _ in flat],
            "items": [item for _, item, _ in flat],
            "units": [units for _, _, units in flat],
            "customers": [want.customer_key for want, _, _ in flat],
            "expiries": [want.expires_at for want, _, _ in flat],
        },
    )


PLACES_OF = """
    SELECT location_id, item_id FROM inventory_hold
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND ended_at IS NULL
"""
END = """
    WITH ended AS (
        UPDATE inventory_hold SET ended_at = %(now)s, ended_as = %(how)s
         WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND ended_at IS NULL
        RETURNING order_id, location_id, item_id, units
    ), back AS (
        UPDATE inventory_stock s SET reserved = reserved - e.units
          FROM (SELECT location_id, item_id, sum(units) AS units FROM ended GROUP BY 1, 2) e
         WHERE s.brand_id = %(brand)s AND s.location_id = e.location_id AND s.item_id = e.item_id
        RETURNING s.location_id, s.item_id,
                  CASE WHEN s.sold_out THEN least(s.on_hand - s.reserved - s.safety, 0)
                       ELSE s.on_hand - s.reserved - s.safety END AS free
    )
    SELECT e.order_id, b.location_id, b.item_id, b.free FROM ended e JOIN back b USING (location_id, item_id)
"""


def release(order_ids: Sequence[UUID], *, brand: UUID, how: str = "released") -> set[UUID]:
    """End the open holds of these orders and give the units back; the orders that had any. Twice is once."""
    if not order_ids:
        return set()
    with in_brand(brand):
        key = {"brand": brand, "orders": list(order_ids), "how": how, "now": clock.now()}
        lock((location, item) for location, item in rows(PLACES_OF, key))
        ended = rows(END, key)
        if ended:
            tell({(location, item): free for _, location, item, free in ended}, arrived=True)
            orders = {order for order, *_ in ended}
            outbox.emit(*(HoldsEnded(order, how) for order in sorted(orders)))
            return orders
    return set()


HELD_AT = """
    SELECT h.location_id, h.item_id, h.units FROM inventory_hold h
      JOIN unnest(%(locations)s::uuid[], %(items)s::uuid[]) w(location_id, item_id) USING (location_id, item_id)
     WHERE h.brand_id = %(brand)s AND h.order_id = %(order)s AND h.ended_at IS NULL
"""
LESSEN = """
    WITH less AS (
        SELECT * FROM unnest(%(locations)s::uuid[], %(items)s::uuid[], %(units)s::int[]) x(location_id, item_id, units)
    ), held AS (
        UPDATE inventory_hold h
           SET units = CASE WHEN h.units > l.units THEN h.units - l.units ELSE h.units END,
               ended_at = CASE WHEN h.units > l.units THEN NULL ELSE %(now)s::timestamptz END,
               ended_as = CASE WHEN h.units > l.units THEN '' ELSE 'withdrawn' END
          FROM less l
         WHERE h.brand_id = %(brand)s AND h.order_id = %(order)s AND h.location_id = l.location_id
           AND h.item_id = l.item_id AND h.ended_at IS NULL
    )
    UPDATE inventory_stock s SET reserved = reserved - l.units FROM less l
     WHERE s.brand_id = %(brand)s AND s.location_id = l.location_id AND s.item_id = l.item_id
    RETURNING s.location_id, s.item_id,
              CASE WHEN s.sold_out THEN least(s.on_hand - s.reserved - s.safety, 0)
                   ELSE s.on_hand - s.reserved - s.safety END
"""


def lessen(order_id: UUID, units: Mapping[Place, int], *, brand: UUID) -> int:
    """Give part of an order's held units back, (location, item) -> units (> 0); how many came free. Three statements.

    At most what is held comes free: units that left, or that nobody held, stay as they are. The rows are locked before
    the holds are read, so of two that let go of the same units one does. Not safe to repeat by itself: the caller
    keeps what was asked for under its key.
    """
    if not units:
        return 0
    with in_brand(brand):
        lock(units)
        places = sorted(units)
        key = {"brand": brand, "order": order_id, "now": clock.now()}
        asked = {"locations": [place for place, _ in places], "items": [item for _, item in places]}
        held = {(place, item): n for place, item, n in rows(HELD_AT, {**key, **asked})}
        free = {place: min(units[place], held[place]) for place in places if place in held}
        if not free:
            return 0
        columns = {"locations": [place for place, _ in free], "items": [item for _, item in free]}
        left = rows(LESSEN, {**key, **columns, "units": [*free.values()]})
        tell({(place, item): n for place, item, n in left}, arrived=True)
        return sum(free.values())


EXPIRED = """
    SELECT DISTINCT order_id FROM inventory_hold
     WHERE brand_id = %(brand)s AND ended_at IS NULL AND expires_at < %(now)s LIMIT %(limit)s
"""


def expire(*, brand: UUID, now: datetime | None = None, limit: int = 500) -> set[UUID]:
    """Let go of holds that nobody paid for in time; the orders they were of."""
    with in_brand(brand):
        found = rows(EXPIRED, {"brand": brand, "now": now or clock.now(), "limit": limit})
        return release([order for (order,) in found], brand=brand, how="expired")
