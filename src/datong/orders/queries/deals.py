"""Orders as companies settle them: whose store, what goods, what came back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.catalog.api import categories_of, items_by_id
from datong.kernel.db import in_brand, rows
from datong.merchants.types import Deal, DealLine
from datong.payments.api import refunds_of

DEALS = """
    SELECT o.id, o.store_id, o.placed_at, o.currency, o.total_minor, o.state = 'completed', o.state = 'cancelled',
           l.items, l.amounts
      FROM orders_order o
     CROSS JOIN LATERAL (
           SELECT array_agg(x.item_id ORDER BY x.line_no) AS items,
                  array_agg(x.total_minor ORDER BY x.line_no) AS amounts
             FROM orders_line x WHERE x.brand_id = o.brand_id AND x.order_id = o.id) l
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) ORDER BY o.id
"""


def deals_of(brand_id: UUID, order_ids: Collection[UUID]) -> list[Deal]:
    """These orders with their goods' categories and the money that went back; four statements."""
    with in_brand(brand_id):
        found = rows(DEALS, {"brand": brand_id, "orders": sorted(set(order_ids))})
        if not found:
            return []
        items = items_by_id(brand_id, {item for row in found for item in row[7] or () if item})
        parents = {code: category.parent for code, category in categories_of(brand_id).items()}
        back: dict[UUID, int] = {}
        for refund in refunds_of(brand_id, [row[0] for row in found]):
            back[refund.order_id] = back.get(refund.order_id, 0) + refund.amount_minor
    way = {code: _upward(code, parents) for code in {item.category for item in items.values()}}
    return [
        Deal(
            order_id,
            store,
            placed,
            currency,
            total,
            tuple(
                DealLine(way[items[item].category] if item in items else (), amount)
                for item, amount in zip(of or (), amounts or (), strict=True)
            ),
            done=done,
            back_minor=total if cancelled else min(back.get(order_id, 0), total),
        )
        for order_id, store, placed, currency, total, done, cancelled, of, amounts in found
    ]


def _upward(code: str, parents: dict[str, str]) -> tuple[str, ...]:
    """A category, the one it is in, and so on; a tree that runs in a circle ends all the same."""
    seen: list[str] = []
    while code and code not in seen:
        seen.append(code)
        code = parents.get(code, "")
    return tuple(seen)
