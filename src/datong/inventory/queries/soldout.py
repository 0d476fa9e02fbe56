"""What is sold out (估清) where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from datong.inventory.types import SoldOut, SoldOutItem
from datong.kernel.db import in_brand, rows

PLACES = """
    SELECT location_id, item_id FROM inventory_soldout WHERE brand_id = %(brand)s AND ended_at IS NULL
"""


def sold_out_places(brand_id: UUID) -> Iterator[tuple[UUID, UUID]]:
    """(location, item) of everything that is off sale now."""
    with in_brand(brand_id):
        yield from ((location, item) for location, item in rows(PLACES, {"brand": brand_id}))


LISTED = """
    SELECT id, location_id, item_id, since, until, on_arrival, by, reason FROM inventory_soldout
     WHERE brand_id = %(brand)s AND ended_at IS NULL
       AND (%(locations)s::uuid[] IS NULL OR location_id = ANY(%(locations)s::uuid[]))
       AND (%(items)s::uuid[] IS NULL OR item_id = ANY(%(items)s::uuid[]))
       AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
     ORDER BY id DESC LIMIT %(limit)s
"""


def sold_out(
    brand_id: UUID,
    *,
    locations: Sequence[UUID] | None = None,
    items: Sequence[UUID] | None = None,
    before: UUID | None = None,
    limit: int = 200,
) -> list[SoldOut]:
    """What is off sale at some places (None: all), the latest first; `before` is the last id of the page before."""
    key = {
        "brand": brand_id,
        "locations": None if locations is None else list(locations),
        "items": None if items is None else list(items),
        "before": before,
        "limit": limit,
    }
    with in_brand(brand_id):
        return [SoldOut(*row) for row in rows(LISTED, key)]


BY_ITEM = """
    SELECT item_id, count(*), (array_agg(location_id ORDER BY since DESC, location_id))[1:3], min(since), min(until),
           bool_or(on_arrival), (array_agg(by ORDER BY since DESC))[1], (array_agg(reason ORDER BY since DESC))[1]
      FROM inventory_soldout
     WHERE brand_id = %(brand)s AND ended_at IS NULL
       AND (%(locations)s::uuid[] IS NULL OR location_id = ANY(%(locations)s::uuid[]))
     GROUP BY item_id ORDER BY max(since) DESC, item_id LIMIT %(limit)s
"""


def sold_out_items(brand_id: UUID, *, locations: Sequence[UUID] | None = None, limit: int = 200) -> list[SoldOutItem]:
    """What is off sale, an item a row, the latest first."""
    key = {"brand": brand_id, "locations": None if locations is None else list(locations), "limit": limit}
    with in_brand(brand_id):
        return [SoldOutItem(r[0], r[1], tuple(r[2]), *r[3:]) for r in rows(BY_ITEM, key)]
