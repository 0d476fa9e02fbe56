"""How people bought, for measures: all of a brand at once, and in which categories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.kernel.db import in_brand, rows


@dataclass(frozen=True, slots=True)
class Buying:
    """A person's orders: how many, on how many days, the first and last, what they came to in one currency."""

    customer_id: UUID
    orders: int
    days: int
    first_at: datetime
    last_at: datetime
    spent_minor: int


BUYING = """
    SELECT coalesce(c.head_id, c.id), count(*)::int,
           count(DISTINCT (o.placed_at AT TIME ZONE 'UTC')::date)::int, min(o.placed_at), max(o.placed_at),
           coalesce(sum(o.total_minor) FILTER (WHERE o.currency = %(currency)s), 0)::bigint
      FROM orders_order o JOIN customers_customer c ON c.brand_id = o.brand_id AND c.id = o.customer_id
     WHERE o.brand_id = %(brand)s AND o.state <> 'cancelled'
     GROUP BY 1
"""


def buying(brand_id: UUID, currency: str) -> list[Buying]:
    """Everybody who bought, a line a person; cancelled orders do not count. Reads all orders: for a job."""
    with in_brand(brand_id):
        return [Buying(*row) for row in rows(BUYING, {"brand": brand_id, "currency": currency})]


IN_CATEGORIES = """
    SELECT i.category, count(DISTINCT o.id)::int, max(o.placed_at)
      FROM orders_order o
      JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id
      JOIN catalog_item i ON i.brand_id = l.brand_id AND i.id = l.item_id
     WHERE o.brand_id = %(brand)s AND o.customer_id = ANY(%(records)s::uuid[]) AND o.state <> 'cancelled'
       AND i.category <> ''
     GROUP BY 1 ORDER BY 2 DESC, 1
"""


def bought_categories(brand_id: UUID, records: Sequence[UUID]) -> list[tuple[str, int, datetime]]:
    """(category, orders, last) of these records, the most first."""
    with in_brand(brand_id):
        return [tuple(row) for row in rows(IN_CATEGORIES, {"brand": brand_id, "records": list(records)})]


REACH = """
    SELECT i.category, count(DISTINCT coalesce(c.head_id, c.id))::int
      FROM orders_order o
      JOIN customers_customer c ON c.brand_id = o.brand_id AND c.id = o.customer_id
      JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id
      JOIN catalog_item i ON i.brand_id = l.brand_id AND i.id = l.item_id
     WHERE o.brand_id = %(brand)s AND o.state <> 'cancelled' AND i.category <> ''
     GROUP BY 1
"""


def category_reach(brand_id: UUID) -> dict[str, int]:
    """Category -> how many people have bought in it. Reads all orders: for a job."""
    with in_brand(brand_id):
        return dict(rows(REACH, {"brand": brand_id}))
