"""Stock counts (盘点): several people count blind, and a sale meanwhile does not spoil the figure.

A unit counted at ten is compared with what the books say was there at ten: the movements since are taken off what is on
hand now. The difference is what moves, so that a sale at eleven stays a sale.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.access.types import Staff
from datong.inventory.actions.adjust import adjust, adjustment
from datong.inventory.models import Count
from datong.inventory.queries import costs_of, count_view
from datong.inventory.types import AdjustmentKind, AdjustmentView, CountLine, CountView
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7

MOST_UNITS = 1_000_000


def open_count(
    brand: UUID, location_id: UUID, *, by: str, title: str = "", items: Sequence[UUID] = (), blind: bool = True
) -> CountView:
    """Begin a count of a place: of some items, or of whatever is found on the shelf."""
    with in_brand(brand):
        made = Count.objects.create(
            brand_id=brand,
            id=uuid7(),
            location_id=location_id,
            state="open",
            title=title.strip()[:80],
            blind=blind,
            items=[str(item) for item in items],
            by=by,
            at=clock.now(),
        )
        return count_view(brand, made.id)


TALLY = """
    INSERT INTO inventory_tally (brand_id, id, count_id, item_id, units, by, at, key)
    SELECT %(brand)s, %(id)s, c.id, %(item)s, %(units)s, %(by)s, %(now)s, %(key)s
      FROM inventory_count c WHERE c.brand_id = %(brand)s AND c.id = %(count)s AND c.state = 'open' FOR SHARE OF c
    ON CONFLICT (brand_id, count_id, key) DO NOTHING
"""


def tally(brand: UUID, count_id: UUID, item_id: UUID, units: int, *, by: str, key: str = "") -> None:
    """Somebody counted `units` of an item (a correction is below 0); the same key again changes nothing.

    Raises Conflict when the count is closed.
    """
    if not -MOST_UNITS <= units <= MOST_UNITS:
        raise BadValue("units", units, f"at most {MOST_UNITS:,} units")
    with in_brand(brand):
        given: dict[str, Any] = {"brand": brand, "id": uuid7(), "count": count_id, "item": item_id, "units": units}
        given |= {"by": by[:80], "now": clock.now(), "key": (key or str(uuid7()))[:60]}
        if not execute(TALLY, given) and count_view(brand, count_id).state != "open":
            raise Conflict("this count is closed; open a new one")


LINES = """
    SELECT t.item_id, t.counted, coalesce(s.on_hand, 0) - coalesce(m.since_last, 0), t.who, t.last_at,
           coalesce(m.since_first, 0) <> coalesce(m.since_last, 0) OR coalesce(m.steps_first, 0) <> coalesce(
               m.steps_last, 0)
      FROM (SELECT item_id, sum(units)::int AS counted, min(at) AS first_at, max(at) AS last_at,
                   array_agg(DISTINCT by ORDER BY by) AS who
              FROM inventory_tally WHERE brand_id = %(brand)s AND count_id = %(count)s GROUP BY item_id) t
      LEFT JOIN inventory_stock s
        ON s.brand_id = %(brand)s AND s.location_id = %(location)s AND s.item_id = t.item_id
      LEFT JOIN LATERAL (
           SELECT sum(units) FILTER (WHERE at > t.last_at)::int AS since_last, sum(units)::int AS since_first,
                  count(*) FILTER (WHERE at > t.last_at) AS steps_last, count(*) AS steps_first
             FROM inventory_movement v
            WHERE v.brand_id = %(brand)s AND v.location_id = %(location)s AND v.item_id = t.item_id
              AND v.at > t.first_at AND v.id >= %(floor)s) m ON true
     ORDER BY t.item_id
"""


def count_lines(brand: UUID, count_id: UUID) -> list[CountLine]:
    """What was counted beside what the books say was there at that moment."""
    with in_brand(brand):
        count = count_view(brand, count_id)
        key = {"brand": brand, "count": count_id, "location": count.location_id, "floor": _floor(count.at)}
        found = rows(LINES, key)
        costs = costs_of(brand, [row[0] for row in found])
        return [
            CountLine(item, max(counted, 0), expected, costs.get(item, 0), tuple(who), last_at, moved)
            for item, counted, expected, who, last_at, moved in found
        ]


def _floor(at: datetime) -> UUID:
    """No movement since `at` has a smaller id: ids are times, so that only the partitions since are read."""
    return UUID(int=(max(int(at.timestamp() * 1000) - 60_000, 0) << 80))


CLOSE = """
    UPDATE inventory_count SET state = %(state)s, closed_at = %(now)s, closed_by = %(by)s
     WHERE brand_id = %(brand)s AND id = %(count)s AND state = 'open' RETURNING location_id
"""
STOCK_ROWS = """
    SELECT 1 FROM inventory_stock WHERE brand_id = %(brand)s AND location_id = %(location)s
       AND item_id IN (SELECT item_id FROM inventory_tally WHERE brand_id = %(brand)s AND count_id = %(count)s)
     ORDER BY item_id FOR UPDATE
"""


def close_count(brand: UUID, count_id: UUID, *, by: Staff, note: str = "") -> AdjustmentView | None:
    """End the count: its differences are asked for as an adjustment (None when nothing differs). Closing twice is once.

    Raises NotFound.
    """
    with in_brand(brand):
        key = {"brand": brand, "count": count_id, "now": clock.now(), "by": by.username, "state": "closed"}
        closed = rows(CLOSE, key)
        if not closed:
            earlier = count_view(brand, count_id)
            if earlier.state == "dropped":
                raise Conflict("this count was dropped")
            return _adjustment(brand, earlier.adjustment_id)
        location = closed[0][0]
        rows(STOCK_ROWS, {**key, "location": location})  # nobody moves what is being compared
        differing = [(line.item_id, line.difference) for line in count_lines(brand, count_id) if line.difference]
        audit.record(
            brand=brand,
            actor=by.username,
            verb="stock.count",
            subject=f"count {count_id}",
            after={"differing": len(differing), "units": sum(units for _, units in differing)},
            reason=note,
            store_id=location,
        )
        if not differing:
            return None
        made = adjust(
            brand, location, differing, kind=AdjustmentKind.COUNT, by=by, reason="count", note=note, key=str(count_id)
        )
        Count.objects.filter(brand_id=brand, id=count_id).update(adjustment_id=made.id)
        return made


def drop_count(brand: UUID, count_id: UUID, *, by: str) -> None:
    """Give a count up: nothing is compared, nothing moves."""
    with in_brand(brand):
        key = {"brand": brand, "count": count_id, "now": clock.now(), "by": by[:80], "state": "dropped"}
        if not rows(CLOSE, key) and count_view(brand, count_id).state == "closed":
            raise Conflict("this count is closed already")


def _adjustment(brand: UUID, adjustment_id: UUID | None) -> AdjustmentView | None:
    try:
        return adjustment(brand, adjustment_id) if adjustment_id else None
    except NotFound:
        return None
