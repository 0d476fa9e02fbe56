"""Reads of demand by item and area, and of the coverage of market tiers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.orders.api import wanted
from datong.purchasing import models
from datong.purchasing.types import TierDay

DAYS = """
    SELECT store_id, item_id, day, units + history FROM purchasing_demand
     WHERE brand_id = %(brand)s AND day >= %(since)s AND day <= %(until)s
       AND (%(items)s::uuid[] IS NULL OR item_id = ANY(%(items)s::uuid[]))
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
"""


def series(
    brand_id: UUID,
    since: date,
    until: date,
    *,
    items: Collection[UUID] | None = None,
    stores: Collection[UUID] | None = None,
) -> dict[tuple[UUID, UUID], list[float]]:
    """(store, item) -> units a day from `since` to `until`, both included; days without demand are 0."""
    key = {"brand": brand_id, "since": since, "until": until}
    key |= {"items": None if items is None else list(items), "stores": None if stores is None else list(stores)}
    length = (until - since).days + 1
    made: dict[tuple[UUID, UUID], list[float]] = {}
    with in_brand(brand_id):
        for store, item, day, units in rows(DAYS, key):
            made.setdefault((store, item), [0.0] * length)[(day - since).days] += units
    return made


BY_ITEM = """
    SELECT item_id, sum(units + history)::bigint FROM purchasing_demand
     WHERE brand_id = %(brand)s AND day >= %(since)s
       AND (%(items)s::uuid[] IS NULL OR item_id = ANY(%(items)s::uuid[]))
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s
"""


def item_demand(
    brand_id: UUID,
    since: date,
    *,
    items: Collection[UUID] | None = None,
    stores: Collection[UUID] | None = None,
    limit: int = 50,
) -> list[tuple[UUID, int]]:
    """(item, units wanted), the most wanted first."""
    key = {"brand": brand_id, "since": since, "limit": limit}
    key |= {"items": None if items is None else list(items), "stores": None if stores is None else list(stores)}
    with in_brand(brand_id):
        return [(item, int(units)) for item, units in rows(BY_ITEM, key)]


BY_STORE = """
    SELECT store_id, day, sum(units + history)::bigint FROM purchasing_demand
     WHERE brand_id = %(brand)s AND day >= %(since)s
       AND (%(items)s::uuid[] IS NULL OR item_id = ANY(%(items)s::uuid[]))
     GROUP BY 1, 2 ORDER BY 2
"""


def area_demand(brand_id: UUID, since: date, *, items: Collection[UUID] | None = None) -> list[tuple[UUID, date, int]]:
    """(store, day, units); which area a store lies in is the brand's to say."""
    key = {"brand": brand_id, "since": since, "items": None if items is None else list(items)}
    with in_brand(brand_id):
        return [(store, day, int(units)) for store, day, units in rows(BY_STORE, key)]


TOTALS = """
    SELECT item_id, day, sum(units)::bigint FROM purchasing_demand
     WHERE brand_id = %(brand)s GROUP BY 1, 2 HAVING sum(units) <> 0
"""


def demand_differs(brand_id: UUID) -> int:
    """Days of items whose demand is not what the orders say; 0 when it is sound. Reads the whole order book."""
    ours: dict[tuple[UUID, date], int] = {}
    after = None
    with in_brand(brand_id):
        while page := wanted(brand_id, after=after):
            for w in page:
                if not w.cancelled:
                    ours[w.item_id, w.day] = ours.get((w.item_id, w.day), 0) + w.units
            after = page[-1].order_id
        kept = {(item, day): int(units) for item, day, units in rows(TOTALS, {"brand": brand_id})}
    return sum(ours.get(key, 0) != kept.get(key, 0) for key in ours.keys() | kept.keys())


def coverage(brand_id: UUID, since: date) -> list[TierDay]:
    """Coverage by market tier, day by day."""
    with in_brand(brand_id):
        found = models.TierDay.objects.filter(brand_id=brand_id, day__gte=since).order_by("day", "tier")
        return [TierDay(t.day, t.tier, t.stores, t.partners, t.supplied, t.delivering, t.units) for t in found[:2_000]]
