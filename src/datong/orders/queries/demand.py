"""What was wanted: units that leave a shelf by order, item, store and the brand's day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from datong.brand.api import get_brand
from datong.kernel.db import in_brand, rows

WANTED = """
    SELECT o.id, coalesce(o.store_id, '00000000-0000-0000-0000-000000000000'::uuid),
           (o.placed_at AT TIME ZONE %(zone)s)::date, p.item_id, sum(p.units)::int, o.state = 'cancelled'
      FROM orders_order o JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id
     CROSS JOIN LATERAL (
           SELECT l.item_id, l.units WHERE l.parts IS NULL AND l.kind <> 'service' AND l.item_id IS NOT NULL
           UNION ALL
           SELECT (part->>'item_id')::uuid, (part->>'units')::int FROM jsonb_array_elements(l.parts) part
            WHERE l.parts IS NOT NULL) p(item_id, units)
     WHERE o.brand_id = %(brand)s AND (%(orders)s::uuid[] IS NULL OR o.id = ANY(%(orders)s::uuid[]))
       AND (%(after)s::uuid IS NULL OR o.id > %(after)s)
       AND (%(all)s OR o.id IN (SELECT id FROM orders_order WHERE brand_id = %(brand)s
                                   AND (%(after)s::uuid IS NULL OR id > %(after)s) ORDER BY id LIMIT %(limit)s))
     GROUP BY o.id, o.store_id, o.placed_at, p.item_id, o.state ORDER BY o.id, p.item_id
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item of an order; `store_id` is nil while no store has it."""

    order_id: UUID
    store_id: UUID
    day: date
    item_id: UUID
    units: int
    cancelled: bool


def wanted(
    brand_id: UUID, orders: Collection[UUID] | None = None, *, after: UUID | None = None, limit: int = 5_000
) -> list[Wanted]:
    """What these orders want of each item; or, without a list, the first `limit` orders after one, by id."""
    key = {"brand": brand_id, "zone": get_brand(brand_id).timezone, "after": after, "limit": limit}
    key |= {"orders": None if orders is None else list(orders), "all": orders is not None}
    with in_brand(brand_id):
        return [Wanted(*row) for row in rows(WANTED, key)]
