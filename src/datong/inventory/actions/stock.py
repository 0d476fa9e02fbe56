"""Stock that comes in, and stock that is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from datong.inventory.actions.common import lock, tell
from datong.inventory.actions.costs import average_in
from datong.inventory.actions.soldout import arrived
from datong.inventory.events import StockLoaded
from datong.inventory.types import StockRow
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.ids import uuid7

PUT = """
    WITH given AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[], %(units)s::int[],
                             %(safeties)s::int[]) AS g(id, location_id, item_id, units, safety)
    ), put AS (
        INSERT INTO inventory_stock (brand_id, location_id, item_id, on_hand, reserved, safety, sold_out)
        SELECT %(brand)s, location_id, item_id, units, 0, safety,
               EXISTS (SELECT 1 FROM inventory_soldout o WHERE o.brand_id = %(brand)s AND o.ended_at IS NULL
                          AND o.location_id = given.location_id AND o.item_id = given.item_id)
          FROM given ORDER BY location_id, item_id
        ON CONFLICT (brand_id, location_id, item_id)
        DO UPDATE SET on_hand = inventory_stock.on_hand + excluded.on_hand,
                      safety = CASE WHEN %(keep)s THEN inventory_stock.safety ELSE excluded.safety END
        RETURNING location_id, item_id,
                  CASE WHEN sold_out THEN least(on_hand - reserved - safety, 0) ELSE on_hand - reserved - safety END
    ), moved AS (
        INSERT INTO inventory_movement (brand_id, id, location_id, item_id, units, reason, subject_id, at)
        SELECT %(brand)s, id, location_id, item_id, units, %(reason)s, %(subject)s, %(now)s FROM given WHERE units <> 0
    )
    SELECT * FROM put
"""


def put_stock(brand_id: UUID, stock: Sequence[StockRow], *, batch: int = 20_000, who: str = "system") -> int:
    """Opening stock: what is on hand where, with the safety stock to keep. Adds to what is there; rows written.

    One event for all: whoever keeps a picture of stock takes a new one after a load.
    """
    written = 0
    with in_brand(brand_id):
        for start in range(0, len(stock), batch):
            written += len(_add(brand_id, stock[start : start + batch], reason="opening", subject=None, keep=False))
        outbox.emit(StockLoaded(brand_id, written))
        audit.record(brand=brand_id, actor=who, verb="stock.load", subject="opening stock", after={"rows": written})
    return written


def receive(
    brand_id: UUID,
    goods: Sequence[StockRow],
    *,
    subject: UUID | None = None,
    cost_milli: Mapping[UUID, int] | None = None,
    reason: str = "receipt",
) -> None:
    """Goods arrived: on hand grows by `on_hand` of each row; backorders may be tried again.

    `reason` is the movement's: receipt, or return of what a customer brings back.

    What was sold out until goods come is on sale again. `cost_milli`: what a unit of an item cost, in thousandths of a
    minor unit; the item's moving average follows.
    """
    with in_brand(brand_id):
        if cost_milli:
            units: dict[UUID, int] = {}
            for row in goods:
                units[row.item_id] = units.get(row.item_id, 0) + row.on_hand
            average_in(units, cost_milli)
        arrived(brand_id, [(row.location_id, row.item_id) for row in goods if row.on_hand > 0])
        changed = _add(brand_id, goods, reason=reason, subject=subject, keep=True)
        tell({(location, item): free for location, item, free in changed}, arrived=True)


def _add(
    brand_id: UUID, stock: Sequence[StockRow], *, reason: str, subject: UUID | None, keep: bool
) -> list[tuple[UUID, UUID, int]]:
    if any(row.on_hand < 0 for row in stock):
        raise BadValue("on_hand", min(row.on_hand for row in stock), "0 or more units")
    with in_brand(brand_id):
        changed = rows(
            PUT,
            {
                "brand": brand_id,
                "now": clock.now(),
                "reason": reason,
                "subject": subject,
                "keep": keep,
                "ids": [uuid7() for _ in stock],
                "locations": [row.location_id for row in stock],
                "items": [row.item_id for row in stock],
                "units": [row.on_hand for row in stock],
                "safeties": [row.safety for row in stock],
            },
        )
    return [(location, item, free) for location, item, free in changed]


COUNT = """
    WITH counted AS (
        UPDATE inventory_stock SET on_hand = %(units)s
         WHERE brand_id = %(brand)s AND location_id = %(location)s AND item_id = %(item)s
    ), moved AS (
        INSERT INTO inventory_movement (brand_id, id, location_id, item_id, units, reason, at)
        SELECT %(brand)s, %(id)s, %(location)s, %(item)s, %(difference)s::int, 'count', %(now)s
         WHERE %(difference)s::int <> 0
    ), task AS (
        UPDATE inventory_counttask SET done_at = %(now)s, counted = %(units)s, done_by = %(who)s
         WHERE brand_id = %(brand)s AND location_id = %(location)s AND item_id = %(item)s AND done_at IS NULL
    )
    UPDATE inventory_shortfall SET closed_at = %(now)s, closed_by = %(who)s
     WHERE brand_id = %(brand)s AND location_id = %(location)s AND item_id = %(item)s AND closed_at IS NULL
"""


def count(brand_id: UUID, location_id: UUID, item_id: UUID, units: int, *, who: str) -> int:
    """Somebody counted: on hand is `units` now, the difference is a movement, open shortfalls and tasks are closed.

    Returns the difference. A count below what is held is refused: release or move those orders first.
    """
    with in_brand(brand_id):
        row = lock([(location_id, item_id)]).get((location_id, item_id))
        if row is None or units < row.reserved:
            held = row.reserved if row else 0
            raise BadValue("units", units, f"at least {held}, the units held for orders at this place")
        difference = units - row.on_hand
        key = {"brand": brand_id, "location": location_id, "item": item_id, "units": units, "who": who}
        execute(COUNT, {**key, "id": uuid7(), "difference": difference, "now": clock.now()})
        tell({(location_id, item_id): row.free_with(units)}, arrived=difference > 0)
        audit.record(
            brand=brand_id,
            actor=who,
            verb="stock.count",
            subject=f"item {item_id}",
            before={"on_hand": row.on_hand},
            after={"on_hand": units},
            store_id=location_id,
        )
        return difference
