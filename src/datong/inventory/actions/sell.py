"""A sale that has happened at the counter: it is booked, whatever the books say was there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from datong.inventory import rules
from datong.inventory.actions.common import Place, lock, tell
from datong.inventory.actions.hold import release
from datong.inventory.types import Clash, Sale, Shortfall, StockRow, Want
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7

OPEN_ROWS = """
    INSERT INTO inventory_stock (brand_id, location_id, item_id, on_hand, reserved, safety, sold_out)
    SELECT %(brand)s, location_id, item_id, 0, 0, 0,
           EXISTS (SELECT 1 FROM inventory_soldout o WHERE o.brand_id = %(brand)s AND o.ended_at IS NULL
                      AND o.location_id = w.location_id AND o.item_id = w.item_id)
      FROM unnest(%(locations)s::uuid[], %(items)s::uuid[]) w(location_id, item_id) ORDER BY 2, 3
    ON CONFLICT DO NOTHING
"""
SELL = """
    WITH sold AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(orders)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[],
                             %(leaves)s::int[]) AS x(id, order_id, location_id, item_id, leaves)
    ), gone AS (
        UPDATE inventory_stock s SET on_hand = on_hand - x.leaves
          FROM (SELECT location_id, item_id, sum(leaves) AS leaves FROM sold GROUP BY 1, 2) x
         WHERE s.brand_id = %(brand)s AND s.location_id = x.location_id AND s.item_id = x.item_id AND x.leaves > 0
    )
    INSERT INTO inventory_movement (brand_id, id, location_id, item_id, units, reason, subject_id, at)
    SELECT %(brand)s, id, location_id, item_id, -leaves, 'sale', order_id, %(now)s FROM sold WHERE leaves > 0
"""
SHORT = """
    WITH short AS (
        SELECT * FROM unnest(%(orders)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[], %(missing)s::int[],
                             %(tasks)s::uuid[]) AS x(order_id, location_id, item_id, missing, task)
    ), task AS (
        INSERT INTO inventory_counttask (brand_id, id, location_id, item_id, reason, subject_id, at, done_by)
        SELECT %(brand)s, task, location_id, item_id, 'sold_beyond_stock', order_id, %(now)s, '' FROM short
        ON CONFLICT DO NOTHING
    )
    INSERT INTO inventory_shortfall (brand_id, order_id, location_id, item_id, units, at, closed_by)
    SELECT %(brand)s, order_id, location_id, item_id, missing, %(now)s, '' FROM short WHERE missing > 0
    ON CONFLICT DO NOTHING
"""
HOLDERS = """
    SELECT h.location_id, h.item_id, h.order_id, h.units FROM inventory_hold h
     WHERE h.brand_id = %(brand)s AND h.ended_at IS NULL
       AND (h.location_id, h.item_id) IN (SELECT * FROM unnest(%(locations)s::uuid[], %(items)s::uuid[]))
     ORDER BY h.created_at DESC, h.order_id DESC
"""


def sell(wants: Sequence[Want], *, brand: UUID) -> Sale:
    """Take units that were handed over; never refused. At most eight statements whatever the number.

    What was not there becomes a shortfall and a count task. Where the sale took units that were held for other
    orders, the youngest of those holds are ended and returned as clashes: the caller finds them another place.
    """
    wants = [want for want in wants if want.quantities]
    if not wants:
        return Sale((), ())
    with in_brand(brand):
        places = sorted({(want.location_id, item) for want in wants for item in want.quantities})
        stock = lock_for(wants, (), brand=brand)
        clashes = _make_room(wants, stock, brand)
        if clashes:
            stock = lock(places)
        taken, free = _take(wants, stock)
        flat = {
            "brand": brand,
            "now": clock.now(),
            "orders": [want.order_id for want, _, _, _ in taken],
            **_columns([(want.location_id, item) for want, item, _, _ in taken]),
        }
        execute(SELL, {**flat, "ids": [uuid7() for _ in taken], "leaves": [leaves for _, _, leaves, _ in taken]})
        clashed = {(c.location_id, c.item_id) for c in clashes}
        short = [t for t in taken if t[3] or (t[0].location_id, t[1]) in clashed]
        if short:
            _open_shortfalls(short, brand)
        tell(free)
    return Sale(
        tuple(Shortfall(w.order_id, w.location_id, item, missing) for w, item, _, missing in taken if missing),
        tuple(clashes),
    )


def open_rows(places: Sequence[Place], brand: UUID) -> None:
    """Stock rows for these places (in order) where there are none yet: nothing on hand."""
    if places:
        execute(OPEN_ROWS, {"brand": brand, **_columns(places)})


def lock_for(sales: Sequence[Want], orders: Sequence[Want], *, brand: UUID) -> dict[Place, StockRow]:
    """Lock all the places of a batch that both sells and reserves, in one go, or two batches could deadlock."""
    sold = sorted({(want.location_id, item) for want in sales for item in want.quantities})
    open_rows(sold, brand)
    return lock([*sold, *((want.location_id, item) for want in orders for item in want.quantities)])


def _make_room(wants: Sequence[Want], stock: Mapping[Place, StockRow], brand: UUID) -> list[Clash]:
    """End the youngest holds on places where more is sold than is free of holds."""
    sold: dict[Place, int] = {}
    for want in wants:
        for item, units in want.quantities.items():
            sold[want.location_id, item] = sold.get((want.location_id, item), 0) + units
    uncovered = {place: over for place, units in sold.items() if (over := rules.take(stock[place], units)[2])}
    if not uncovered:
        return []
    clashes = []
    for location, item, order, units in rows(HOLDERS, {"brand": brand, **_columns(list(uncovered))}):
        if uncovered[location, item] > 0:
            uncovered[location, item] -= units
            clashes.append(Clash(order, location, item))
    release(sorted({clash.order_id for clash in clashes}), brand=brand, how="clashed")
    return clashes


def _take(
    wants: Sequence[Want], stock: Mapping[Place, StockRow]
) -> tuple[list[tuple[Want, UUID, int, int]], dict[Place, int]]:
    """(want, item, units that leave the count, units missing) for each, and what is free after all of them."""
    left = {place: row.on_hand for place, row in stock.items()}
    taken = []
    for want in wants:
        for item, units in want.quantities.items():
            leaves = min(units, left[want.location_id, item])
            left[want.location_id, item] -= leaves
            taken.append((want, item, leaves, units - leaves))
    return taken, {place: row.free_with(left[place]) for place, row in stock.items()}


def _open_shortfalls(short: Sequence[tuple[Want, UUID, int, int]], brand: UUID) -> None:
    execute(
        SHORT,
        {
            "brand": brand,
            "now": clock.now(),
            "orders": [want.order_id for want, _, _, _ in short],
            **_columns([(want.location_id, item) for want, item, _, _ in short]),
            "missing": [missing for _, _, _, missing in short],
            "tasks": [uuid7() for _ in short],
        },
    )


def _columns(places: Sequence[Place]) -> dict[str, list[UUID]]:
    return {"locations": [location for location, _ in places], "items": [item for _, item in places]}
