"""Reads of inventory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from django.db import connections

from datong.inventory.types import StockRow
from datong.kernel.db import in_brand, rows

ALL_STOCK = """
    SELECT location_id, item_id,
           CASE WHEN sold_out THEN least(on_hand - reserved - safety, 0) ELSE on_hand - reserved - safety END
      FROM inventory_stock WHERE brand_id = %(brand)s
"""


def free_rows(brand_id: UUID) -> Iterator[tuple[UUID, UUID, int]]:
    """(location, item, free units) of the whole brand, streamed."""
    with in_brand(brand_id), connections["default"].cursor() as cursor:
        cursor.execute(ALL_STOCK, {"brand": brand_id})
        while batch := cursor.fetchmany(10_000):
            yield from batch


STOCK_OF = """
    SELECT location_id, item_id, on_hand, reserved, safety, sold_out FROM inventory_stock
     WHERE brand_id = %(brand)s AND (%(items)s::uuid[] IS NULL OR item_id = ANY(%(items)s::uuid[]))
       AND (%(locations)s::uuid[] IS NULL OR location_id = ANY(%(locations)s::uuid[]))
     ORDER BY location_id, item_id LIMIT %(limit)s
"""


def stock_of(
    brand_id: UUID, *, items: Sequence[UUID] | None = None, locations: Sequence[UUID] | None = None, limit: int = 10_000
) -> list[StockRow]:
    """Stock rows of some items at some locations (None: all), by location."""
    key = {
        "brand": brand_id,
        "items": None if items is None else list(items),
        "locations": None if locations is None else list(locations),
        "limit": limit,
    }
    with in_brand(brand_id):
        return [StockRow(*row) for row in rows(STOCK_OF, key)]


STOCK_AT = """
    SELECT s.location_id, s.item_id, s.on_hand, s.reserved, s.safety
      FROM unnest(%(locations)s::uuid[], %(items)s::uuid[]) w(location_id, item_id)
      JOIN inventory_stock s ON s.brand_id = %(brand)s AND s.location_id = w.location_id AND s.item_id = w.item_id
"""


def stock_at(brand_id: UUID, places: Sequence[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], StockRow]:
    """Stock of (location, item) pairs, those that have a row; one statement. Whether it is sold out is not asked."""
    key = {"brand": brand_id, "locations": [p[0] for p in places], "items": [p[1] for p in places]}
    with in_brand(brand_id):
        return {(row[0], row[1]): StockRow(*row) for row in rows(STOCK_AT, key)}


IN_STOCK = """
    SELECT DISTINCT item_id FROM inventory_stock
     WHERE brand_id = %(brand)s AND item_id = ANY(%(items)s::uuid[]) AND (on_hand > 0 OR reserved > 0)
"""


def items_in_stock(brand_id: UUID, items: Iterable[UUID]) -> set[UUID]:
    """Those of the items of which some place has units; one statement."""
    with in_brand(brand_id):
        return {item for (item,) in rows(IN_STOCK, {"brand": brand_id, "items": list(items)})}


@dataclass(frozen=True, slots=True)
class Audit:
    """The counters recomputed from the raw rows; every figure is 0 when stock is sound."""

    negative: int
    oversold: int
    reserved_differs: int
    on_hand_differs: int
    sold_out_differs: int = 0
    transit_differs: int = 0

    @property
    def sound(self) -> bool:
        return not (
            self.negative
            or self.oversold
            or self.reserved_differs
            or self.on_hand_differs
            or self.sold_out_differs
            or self.transit_differs
        )


AUDIT = """
    WITH held AS (
        SELECT location_id, item_id, sum(units) AS units FROM inventory_hold
         WHERE brand_id = %(brand)s AND ended_at IS NULL GROUP BY 1, 2
    ), moved AS (
        SELECT location_id, item_id, sum(units) AS units FROM inventory_movement
         WHERE brand_id = %(brand)s GROUP BY 1, 2
    )
    SELECT count(*) FILTER (WHERE s.on_hand < 0),
           count(*) FILTER (WHERE s.reserved > s.on_hand),
           count(*) FILTER (WHERE s.reserved <> coalesce(h.units, 0)),
           count(*) FILTER (WHERE s.on_hand <> coalesce(m.units, 0)),
           count(*) FILTER (WHERE s.sold_out <> (o.id IS NOT NULL))
      FROM inventory_stock s
      LEFT JOIN held h USING (location_id, item_id) LEFT JOIN moved m USING (location_id, item_id)
      LEFT JOIN inventory_soldout o ON o.brand_id = s.brand_id AND o.location_id = s.location_id
                                   AND o.item_id = s.item_id AND o.ended_at IS NULL
     WHERE s.brand_id = %(brand)s
"""
TRANSIT = """
    SELECT count(*) FROM (
        SELECT item_id, sum(units) AS units FROM (
            SELECT item_id, -units AS units FROM inventory_movement
             WHERE brand_id = %(brand)s AND reason IN ('transfer_out', 'transfer_in', 'transfer_back')
            UNION ALL
            SELECT l.item_id, -l.sent FROM inventory_transfer t
              JOIN inventory_transferline l ON l.brand_id = t.brand_id AND l.transfer_id = t.id
             WHERE t.brand_id = %(brand)s AND t.state = 'sent') b
         GROUP BY item_id HAVING sum(units) <> 0) d
"""


def audit(brand_id: UUID) -> Audit:
    """Invariant 2, recomputed: nothing negative, nothing sold twice, counters equal holds and movements.

    `transit_differs`: items of which what left one store and came to no other is not what is underway.
    """
    with in_brand(brand_id):
        key = {"brand": brand_id}
        return Audit(*rows(AUDIT, key)[0], *rows(TRANSIT, key)[0])


OPEN_SHORTFALLS = """
    SELECT order_id, location_id, item_id, units, at FROM inventory_shortfall
     WHERE brand_id = %(brand)s AND closed_at IS NULL ORDER BY at DESC LIMIT %(limit)s
"""


def open_shortfalls(brand_id: UUID, limit: int = 100) -> list[tuple[UUID, UUID, UUID, int]]:
    """(order, location, item, units) of sales that took more than was there and are not counted yet."""
    with in_brand(brand_id):
        return [
            (o, place, item, units)
            for o, place, item, units, _ in rows(OPEN_SHORTFALLS, {"brand": brand_id, "limit": limit})
        ]


HOLDS_OF = """
    SELECT location_id, item_id, units FROM inventory_hold
     WHERE brand_id = %(brand)s AND order_id = %(order)s AND ended_at IS NULL ORDER BY 1, 2
"""


def holds_of(brand_id: UUID, order_id: UUID) -> list[tuple[UUID, UUID, int]]:
    """(location, item, units) held for an order now."""
    with in_brand(brand_id):
        return [
            (location, item, units) for location, item, units in rows(HOLDS_OF, {"brand": brand_id, "order": order_id})
        ]


@dataclass(frozen=True, slots=True)
class LocationStock:
    """A location's shelves added up: items kept there, units on hand and held, items with nothing free."""

    location_id: UUID
    items: int
    on_hand: int
    reserved: int
    empty: int


BY_LOCATION = """
    SELECT location_id, count(*), sum(on_hand)::bigint, sum(reserved)::bigint,
           count(*) FILTER (WHERE sold_out OR on_hand - reserved - safety <= 0)
      FROM inventory_stock WHERE brand_id = %(brand)s
       AND (%(locations)s::uuid[] IS NULL OR location_id = ANY(%(locations)s::uuid[]))
     GROUP BY location_id
"""


def stock_by_location(brand_id: UUID, locations: Sequence[UUID] | None = None) -> dict[UUID, LocationStock]:
    """What each location keeps, in one statement; for all locations it reads every stock row of the brand."""
    key = {"brand": brand_id, "locations": None if locations is None else list(locations)}
    with in_brand(brand_id):
        return {row[0]: LocationStock(*row) for row in rows(BY_LOCATION, key)}


SELLABLE = """
    WITH part AS (
        SELECT * FROM unnest(%(sets)s::uuid[], %(items)s::uuid[], %(units)s::int[], %(sizes)s::int[])
                      AS p(set_id, item_id, units, size)
    ), promised AS (
        SELECT * FROM unnest(%(promised_at)s::uuid[], %(promised_items)s::uuid[], %(promised_units)s::int[])
                      AS p(location_id, item_id, units)
    ), free AS (
        SELECT s.location_id, s.item_id,
               greatest(s.on_hand - s.reserved - s.safety - %(keep)s - coalesce(p.units, 0), 0) AS units
          FROM inventory_stock s LEFT JOIN promised p ON p.location_id = s.location_id AND p.item_id = s.item_id
         WHERE s.brand_id = %(brand)s AND s.location_id = ANY(%(locations)s::uuid[])
           AND s.item_id IN (SELECT item_id FROM part) AND NOT s.sold_out
    ), whole AS (
        SELECT p.set_id, f.location_id, min(f.units / p.units) AS units
          FROM part p JOIN free f ON f.item_id = p.item_id
         GROUP BY p.set_id, f.location_id HAVING count(*) = min(p.size)
    )
    SELECT w.set_id, CASE WHEN %(apart)s THEN w.location_id END, sum(w.units)::bigint
      FROM whole w
      LEFT JOIN inventory_soldout o ON o.brand_id = %(brand)s AND o.location_id = w.location_id
                                   AND o.item_id = w.set_id AND o.ended_at IS NULL
     WHERE o.id IS NULL
     GROUP BY 1, 2
"""


def sellable(
    brand_id: UUID,
    sets: Mapping[UUID, Sequence[tuple[UUID, int]]],
    locations: Sequence[UUID],
    *,
    keep: int = 0,
    apart: bool = False,
    promised: Mapping[tuple[UUID, UUID], int] = MappingProxyType({}),
) -> dict[tuple[UUID, UUID | None], int]:
    """(id, None) -> how many of it may be sold at these places together; `apart`: (id, place) -> at each of them.

    `sets` says of what one of each is made: of itself, or of a bundle's parts, which are all taken at one place.
    `keep` units of every part stay free at each place, and what is `promised` there: (place, item) -> units. Nothing to
    sell, or sold out: no entry. One statement.
    """
    made = [(one, item, units, len(parts)) for one, parts in sets.items() for item, units in parts]
    names = ("sets", "items", "units", "sizes")
    columns = dict(zip(names, map(list, zip(*made, strict=True)), strict=True)) if made else dict.fromkeys(names, [])
    key = {"brand": brand_id, "locations": list(locations), "keep": keep, "apart": apart, **columns}
    key |= {"promised_at": [place for place, _ in promised], "promised_items": [item for _, item in promised]}
    key |= {"promised_units": list(promised.values())}
    with in_brand(brand_id):
        return {(one, place): int(units) for one, place, units in rows(SELLABLE, key)}


COUNTED = """
    SELECT i FROM unnest(%(items)s::uuid[]) i
     WHERE EXISTS (SELECT 1 FROM inventory_stock s WHERE s.brand_id = %(brand)s AND s.item_id = i)
"""


def counted(brand_id: UUID, items: Iterable[UUID]) -> set[UUID]:
    """Those of the items that some place keeps count of, be it at 0; one statement."""
    with in_brand(brand_id):
        return {item for (item,) in rows(COUNTED, {"brand": brand_id, "items": list(items)})}
