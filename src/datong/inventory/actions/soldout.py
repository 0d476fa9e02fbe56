"""Sold out (估清) with one touch, and back: by hand, at the store's next opening, at a moment, or with new goods.

The record is a row of its own; the stock row repeats it, so that the lock that reads the counters sees it (a record
read beside a row that had to be waited for would be the one of before the wait). Holds that exist stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.brand.api import list_stores, next_opening
from datong.catalog.api import items_by_id
from datong.inventory.actions.common import Place, lock, tell
from datong.inventory.events import SoldOutChanged
from datong.inventory.types import Touched, Until
from datong.kernel import audit, clock, outbox
from datong.kernel.db import current_brand, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

MOST_ITEMS = 200
MOST_PLACES = 100_000

OPEN = """
    INSERT INTO inventory_soldout (brand_id, id, location_id, item_id, since, until, on_arrival, by, reason, batch,
                                   ended_by)
    SELECT %(brand)s, id, location_id, item_id, %(now)s, until, %(on_arrival)s, %(by)s, %(reason)s, %(batch)s, ''
      FROM unnest(%(ids)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[], %(untils)s::timestamptz[])
           w(id, location_id, item_id, until)
     ORDER BY location_id, item_id
    ON CONFLICT (brand_id, location_id, item_id) WHERE ended_at IS NULL
    DO UPDATE SET until = excluded.until, on_arrival = excluded.on_arrival, by = excluded.by, reason = excluded.reason
     WHERE (inventory_soldout.until, inventory_soldout.on_arrival, inventory_soldout.reason)
           IS DISTINCT FROM (excluded.until, excluded.on_arrival, excluded.reason)
    RETURNING location_id, item_id, until
"""
FLAG = """
    UPDATE inventory_stock s SET sold_out = %(out)s
      FROM unnest(%(locations)s::uuid[], %(items)s::uuid[]) w(location_id, item_id)
     WHERE s.brand_id = %(brand)s AND s.location_id = w.location_id AND s.item_id = w.item_id AND s.sold_out <> %(out)s
    RETURNING s.location_id, s.item_id,
              CASE WHEN s.sold_out THEN least(s.on_hand - s.reserved - s.safety, 0)
                   ELSE s.on_hand - s.reserved - s.safety END
"""


def set_sold_out(
    brand: UUID,
    items: Sequence[UUID],
    *,
    store_id: UUID | None,
    by: str,
    until: Until | datetime = Until.NEXT_OPENING,
    reason: str = "",
) -> Touched:
    """Take items off sale at a store, or at all stores (None), until a moment (aware) or as `Until` says.

    Nothing is free there any more; holds that exist are kept, a sale at the counter is still booked. Twice is once; a
    second call with another `until` moves the end. Raises BadValue, NotFound for a store that is none of the brand's.
    """
    now = clock.now()
    _check(items, until, now)
    with in_brand(brand):
        stores = [s for s in list_stores(brand) if store_id is None or s.id == store_id]
        if store_id is not None and not stores:
            raise NotFound(f"no store {store_id}")
        ends = {s.id: _end(until, s.hours, s.timezone, now) for s in stores}
        places = sorted((s.id, item) for s in stores for item in set(items))
        if len(places) > MOST_PLACES:
            raise BadValue("items", len(items), f"at most {MOST_PLACES // max(len(stores), 1)} items for all stores")
        lock(places)
        batch = uuid7()
        opened = rows(
            OPEN,
            {
                "brand": brand,
                "now": now,
                "on_arrival": until is Until.ARRIVAL,
                "by": by[:80],
                "reason": reason[:200],
                "batch": batch,
                "ids": [uuid7() for _ in places],
                **_columns(places),
                "untils": [ends[location] for location, _ in places],
            },
        )
        tell(_flag(places, out=True))
        _announce([(location, item) for location, item, _ in opened], store_id, True, {(a, b): c for a, b, c in opened})
        if opened:
            _note("stock.sell_out", {item for _, item, _ in opened}, store_id, by, reason=reason, until=str(until))
        return Touched(batch, len(opened))


def _check(items: Sequence[UUID], until: Until | datetime, now: datetime) -> None:
    if not 0 < len(set(items)) <= MOST_ITEMS:
        raise BadValue("items", len(items), f"1 to {MOST_ITEMS} items")
    if isinstance(until, datetime):
        if until.tzinfo is None:
            raise BadValue("until", until.isoformat(), "a moment with its time zone")
        if until <= now:
            raise BadValue("until", until.isoformat(), "a moment that is still to come")


def _end(until: Until | datetime, hours: Any, zone: str, now: datetime) -> datetime | None:
    if isinstance(until, datetime):
        return until
    return next_opening(hours, zone, now) if until is Until.NEXT_OPENING else None


OPEN_OF = """
    SELECT location_id, item_id FROM inventory_soldout
     WHERE brand_id = %(brand)s AND ended_at IS NULL AND item_id = ANY(%(items)s::uuid[])
       AND (%(store)s::uuid IS NULL OR location_id = %(store)s)
"""


def back_on_sale(brand: UUID, items: Sequence[UUID], *, store_id: UUID | None, by: str) -> Touched:
    """Sell the items again at a store, or wherever they are off sale (None). Twice is once."""
    if not 0 < len(set(items)) <= MOST_ITEMS:
        raise BadValue("items", len(items), f"1 to {MOST_ITEMS} items")
    with in_brand(brand):
        key = {"brand": brand, "items": list(items), "store": store_id}
        done = _close([(a, b) for a, b in rows(OPEN_OF, key)], by=by, store_id=store_id)
        if done.places:
            _note("stock.back_on_sale", set(items), store_id, by, places=done.places)
        return done


OF_BATCH = """
    SELECT location_id, item_id FROM inventory_soldout
     WHERE brand_id = %(brand)s AND batch = %(batch)s AND ended_at IS NULL
"""
AGAIN = """
    INSERT INTO inventory_soldout (brand_id, id, location_id, item_id, since, until, on_arrival, by, reason, batch,
                                   ended_by)
    SELECT o.brand_id, gen_random_uuid(), o.location_id, o.item_id, o.since, o.until, o.on_arrival, o.by, o.reason,
           o.batch, ''
      FROM inventory_soldout o
     WHERE o.brand_id = %(brand)s AND o.ended_batch = %(batch)s
       AND (o.until IS NULL OR o.until > %(now)s)
       AND (%(locations)s::uuid[] IS NULL OR o.location_id = ANY(%(locations)s::uuid[]))
     ORDER BY o.location_id, o.item_id
    ON CONFLICT (brand_id, location_id, item_id) WHERE ended_at IS NULL DO NOTHING
    RETURNING location_id, item_id, until
"""
ENDED_OF = "SELECT location_id, item_id FROM inventory_soldout WHERE brand_id = %(brand)s AND ended_batch = %(batch)s"


def undo_sold_out(brand: UUID, batch: UUID, *, by: str, locations: Sequence[UUID] | None = None) -> int:
    """Take one touch back, whichever way it went, at these places (None: all it reached); places changed."""
    allowed = None if locations is None else set(locations)
    with in_brand(brand):
        key = {"brand": brand, "batch": batch, "now": clock.now(), "locations": locations and list(locations)}
        mine = [(a, b) for a, b in rows(OF_BATCH, key) if allowed is None or a in allowed]
        _note("stock.undo_sold_out", {item for _, item in mine}, None, by, batch=str(batch))
        if mine:
            return _close(mine, by=by, store_id=None, everywhere=False).places
        places = [(a, b) for a, b in rows(ENDED_OF, key) if allowed is None or a in allowed]
        lock(places)
        opened = rows(AGAIN, key)
        again = [(location, item) for location, item, _ in opened]
        tell(_flag(again, out=True))
        for place in again:
            _announce([place], place[0], True, {(a, b): c for a, b, c in opened})
        return len(again)


DUE = """
    SELECT location_id, item_id FROM inventory_soldout
     WHERE brand_id = %(brand)s AND ended_at IS NULL AND until <= %(now)s ORDER BY until, id LIMIT %(limit)s
"""
MEND = """
    UPDATE inventory_stock s SET sold_out = NOT s.sold_out
     WHERE s.brand_id = %(brand)s AND (s.location_id, s.item_id) IN (
           (SELECT location_id, item_id FROM inventory_soldout WHERE brand_id = %(brand)s AND ended_at IS NULL
            EXCEPT SELECT location_id, item_id FROM inventory_stock WHERE brand_id = %(brand)s AND sold_out)
           UNION ALL
           (SELECT location_id, item_id FROM inventory_stock WHERE brand_id = %(brand)s AND sold_out
            EXCEPT SELECT location_id, item_id FROM inventory_soldout
                    WHERE brand_id = %(brand)s AND ended_at IS NULL))
    RETURNING s.location_id, s.item_id,
              CASE WHEN s.sold_out THEN least(s.on_hand - s.reserved - s.safety, 0)
                   ELSE s.on_hand - s.reserved - s.safety END
"""


def back_when_due(brand: UUID, *, now: datetime | None = None, limit: int = 2_000) -> int:
    """Sell again what was sold out until now; how many places. Also sets right a stock row opened at the same moment.

    A stock row is opened with what its transaction saw; a touch at that very moment is caught up with here.
    """
    with in_brand(brand):
        due = rows(DUE, {"brand": brand, "now": now or clock.now(), "limit": limit})
        done = _close([(a, b) for a, b in due], by="clock", store_id=None, everywhere=False).places if due else 0
        tell({(a, b): free for a, b, free in rows(MEND, {"brand": brand})})
        return done


ARRIVED = """
    SELECT o.location_id, o.item_id FROM inventory_soldout o
      JOIN unnest(%(locations)s::uuid[], %(items)s::uuid[]) w(location_id, item_id) USING (location_id, item_id)
     WHERE o.brand_id = %(brand)s AND o.ended_at IS NULL AND o.on_arrival
"""


def arrived(brand: UUID, places: Iterable[Place]) -> None:
    """Goods came to these places: what waited for them is on sale again."""
    waiting = rows(ARRIVED, {"brand": brand, **_columns(sorted(set(places)))})
    if waiting:
        _close([(a, b) for a, b in waiting], by="goods", store_id=None, everywhere=False)


CLOSE = """
    UPDATE inventory_soldout o SET ended_at = %(now)s, ended_by = %(by)s, ended_batch = %(batch)s
      FROM unnest(%(locations)s::uuid[], %(items)s::uuid[]) w(location_id, item_id)
     WHERE o.brand_id = %(brand)s AND o.ended_at IS NULL
       AND o.location_id = w.location_id AND o.item_id = w.item_id
    RETURNING o.location_id, o.item_id
"""


def _close(places: Sequence[Place], *, by: str, store_id: UUID | None, everywhere: bool = True) -> Touched:
    """End these records and tell what is free. `everywhere` and no store: the items are off sale nowhere any more."""
    brand, batch = current_brand(), uuid7()
    lock(places)
    key = {"brand": brand, "now": clock.now(), "by": by[:80], "batch": batch, **_columns(sorted(places))}
    ended = [(location, item) for location, item in rows(CLOSE, key)]
    tell(_flag(ended, out=False), arrived=True)
    if store_id is None and not everywhere:
        for place in ended:
            _announce([place], place[0], False, {})
    else:
        _announce(ended, store_id, False, {})
    return Touched(batch, len(ended))


def _flag(places: Sequence[Place], *, out: bool) -> dict[Place, int]:
    """Set the flag of the stock rows there are; what is free now where it changed."""
    if not places:
        return {}
    changed = rows(FLAG, {"brand": current_brand(), "out": out, **_columns(sorted(places))})
    return {(location, item): free for location, item, free in changed}


def _announce(places: Sequence[Place], store_id: UUID | None, out: bool, ends: Mapping[Place, datetime | None]) -> None:
    """One event an item: at the store, or everywhere (None)."""
    by_item: dict[UUID, list[datetime]] = {}
    for place in places:
        end = ends.get(place)
        by_item.setdefault(place[1], []).extend([end] if end else [])
    outbox.emit(
        *(SoldOutChanged(store_id, item, out, min(found, default=None)) for item, found in sorted(by_item.items()))
    )


def _note(verb: str, items: set[UUID], store_id: UUID | None, by: str, *, reason: str = "", **after: Any) -> None:
    """One line in the audit trail for one touch."""
    brand = current_brand()
    known = items_by_id(brand, sorted(items))
    skus = sorted(known[i].sku if i in known else str(i) for i in items)
    subject = f"item {skus[0]}" if len(skus) == 1 else f"{len(skus)} items"
    audit.record(
        brand=brand,
        actor=by,
        verb=verb,
        subject=subject,
        after={"items": ", ".join(skus), **after},
        reason=reason,
        store_id=store_id,
    )


def _columns(places: Sequence[Place]) -> dict[str, list[UUID]]:
    return {"locations": [location for location, _ in places], "items": [item for _, item in places]}
