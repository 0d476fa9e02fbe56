"""Demand by item, store and day, made from what orders tell; and the coverage of market tiers, kept day by day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.brand.api import get_brand, list_stores
from datong.brand.types import StoreKind
from datong.inventory.api import stock_by_location
from datong.kernel import clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.orders.api import Wanted, wanted
from datong.purchasing import models
from datong.purchasing.queries import area_demand

MOST_ROWS = 200_000

NEW = """
    INSERT INTO purchasing_demandorder (brand_id, order_id, store_id, day, counted)
    SELECT %(brand)s, order_id, store_id, day, true
      FROM unnest(%(orders)s::uuid[], %(stores)s::uuid[], %(days)s::date[]) g(order_id, store_id, day)
     ORDER BY order_id
    ON CONFLICT DO NOTHING RETURNING order_id
"""
GONE = """
    UPDATE purchasing_demandorder SET counted = false
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND counted
    RETURNING order_id, store_id, day
"""
ADD = """
    INSERT INTO purchasing_demand (brand_id, item_id, store_id, day, units, history)
    SELECT %(brand)s, item_id, store_id, day, units, history
      FROM unnest(%(items)s::uuid[], %(stores)s::uuid[], %(days)s::date[], %(units)s::int[], %(history)s::int[])
           g(item_id, store_id, day, units, history)
     ORDER BY item_id, store_id, day
    ON CONFLICT (brand_id, item_id, store_id, day)
    DO UPDATE SET units = purchasing_demand.units + excluded.units,
                  history = purchasing_demand.history + excluded.history
"""


def count_demand(brand: UUID, placed: Sequence[UUID], cancelled: Sequence[UUID]) -> None:
    """Count new orders, and take cancelled ones out from under the day and store they were counted; each once."""
    if not placed and not cancelled:
        return
    with in_brand(brand):
        new = set(placed)
        found = wanted(brand, sorted({*placed, *cancelled}))
        _add_orders(brand, [w for w in found if w.order_id in new])
        if cancelled:
            gone = {o: (s, d) for o, s, d in rows(GONE, {"brand": brand, "orders": sorted(set(cancelled))})}
            _add(brand, ((w.item_id, *gone[w.order_id], -w.units) for w in found if w.order_id in gone))


def _add_orders(brand: UUID, found: Sequence[Wanted]) -> None:
    by_order = {w.order_id: w for w in found}
    listed = sorted(by_order.values(), key=lambda w: w.order_id)
    key = {"brand": brand, "orders": [w.order_id for w in listed], "stores": [w.store_id for w in listed]}
    new = {order for (order,) in rows(NEW, {**key, "days": [w.day for w in listed]})} if listed else set()
    _add(brand, ((w.item_id, w.store_id, w.day, w.units) for w in found if w.order_id in new))


def _add(brand: UUID, given: Iterable[tuple[UUID, UUID, date, int]], *, history: bool = False) -> None:
    summed: dict[tuple[UUID, UUID, date], int] = {}
    for item, store, day, units in given:
        summed[item, store, day] = summed.get((item, store, day), 0) + units
    if not summed:
        return
    values = list(summed.values())
    none = [0] * len(values)
    execute(
        ADD,
        {
            "brand": brand,
            "items": [item for item, _, _ in summed],
            "stores": [store for _, store, _ in summed],
            "days": [day for _, _, day in summed],
            "units": none if history else values,
            "history": values if history else none,
        },
    )


def put_history(brand: UUID, sold: Mapping[tuple[UUID, UUID, date], int]) -> int:
    """What was wanted before our orders began: (item, store, day) -> units; added to what is there. Rows written."""
    if len(sold) > MOST_ROWS:
        raise BadValue("rows", len(sold), f"at most {MOST_ROWS:,} rows at a time")
    with in_brand(brand):
        _add(brand, ((item, store, day, units) for (item, store, day), units in sold.items()), history=True)
    return len(sold)


CLEAR = (
    "UPDATE purchasing_demand SET units = 0 WHERE brand_id = %(brand)s AND units <> 0",
    "DELETE FROM purchasing_demandorder WHERE brand_id = %(brand)s",
)


def rebuild_demand(brand: UUID) -> int:
    """Make demand anew from the order book; orders counted. The history that was loaded stays."""
    done, after = 0, None
    with in_brand(brand):
        locks.take(f"purchasing demand {brand}")
        for sql in CLEAR:
            execute(sql, {"brand": brand})
        while page := wanted(brand, after=after):
            _add_orders(brand, [w for w in page if not w.cancelled])
            after = page[-1].order_id
            done += len({w.order_id for w in page})
    return done


def keep_coverage(brand: UUID) -> int:
    """Today's coverage by market tier (S-151, S-152), over the figures of an earlier look today; tiers."""
    given = get_brand(brand)
    day = clock.now().astimezone(ZoneInfo(given.timezone)).date()
    with in_brand(brand):
        stores = [s for s in list_stores(brand) if s.open and s.tier]
        stock = stock_by_location(brand, [s.id for s in stores]) if stores else {}
        sold: dict[UUID, int] = {}
        for store, _day, units in area_demand(brand, day - timedelta(days=6)):
            sold[store] = sold.get(store, 0) + units
        for tier in sorted({s.tier for s in stores if s.tier}):
            mine = [s for s in stores if s.tier == tier]
            models.TierDay.objects.bulk_create(
                [
                    models.TierDay(
                        brand_id=brand,
                        day=day,
                        tier=tier,
                        stores=len(mine),
                        partners=sum(s.kind in (StoreKind.PARTNER, StoreKind.FRANCHISE) for s in mine),
                        supplied=sum(s.id in stock and stock[s.id].on_hand > 0 for s in mine),
                        delivering=sum(bool(s.serves_radius_m or s.area) for s in mine),
                        units=sum(sold.get(s.id, 0) for s in mine),
                    )
                ],
                update_conflicts=True,
                unique_fields=["brand_id", "day", "tier"],
                update_fields=["stores", "partners", "supplied", "delivering", "units"],
            )
        return len({s.tier for s in stores})
