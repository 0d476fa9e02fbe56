"""What was wanted: units that leave a shelf by order, item, store and the brand's day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from datong.brand.api import get_brand
from datong.kernel.db import in_brand, rows
from datong.orders.sourcing.supply import waiting_rows


@dataclass(slots=True)
class Waiting:
    """Units of an item that the backorder queue waits for: at whichever store, and by store where one was named.

    They were promised before newcomers came: what may be sold is what is free less these.
    """

    anywhere: int = 0
    at: dict[UUID, int] = field(default_factory=dict)

    @property
    def units(self) -> int:
        return self.anywhere + sum(self.at.values())


def waiting_units(brand_id: UUID, items: Collection[UUID]) -> dict[UUID, Waiting]:
    """What the queue waits for of these items; an item nobody waits for has no entry. One statement."""
    found: dict[UUID, Waiting] = {}
    for item, store, units in waiting_rows(brand_id, items):
        waiting = found.setdefault(item, Waiting())
        if store is None:
            waiting.anywhere += units
        else:
            waiting.at[store] = waiting.at.get(store, 0) + units
    return found


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
