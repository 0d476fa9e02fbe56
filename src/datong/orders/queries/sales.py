"""Orders as the wallet sees them: what was paid for which goods, by whom, where."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from datong.brand.api import list_channels, stores_by_id
from datong.catalog.api import categories_of, items_by_id
from datong.kernel.db import in_brand, rows
from datong.wallet.types import Sale, SaleLine

SALES = """
    SELECT o.id, o.customer_id, o.placed_at, o.channel_id, o.store_id, o.state, o.total_minor,
           array_agg(l.line_no ORDER BY l.line_no), array_agg(l.sku ORDER BY l.line_no),
           array_agg(l.item_id ORDER BY l.line_no), array_agg(l.total_minor ORDER BY l.line_no)
      FROM orders_order o JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) AND o.customer_id IS NOT NULL
     GROUP BY o.brand_id, o.id ORDER BY o.id
"""


def sales_of(brand_id: UUID, order_ids: Iterable[UUID]) -> list[Sale]:
    """These orders, those whose customer is known; five statements, whatever their number."""
    with in_brand(brand_id):
        found = rows(SALES, {"brand": brand_id, "orders": sorted(set(order_ids))})
        if not found:
            return []
        items = items_by_id(brand_id, {item for row in found for item in row[9] if item})
        parents = {code: category.parent for code, category in categories_of(brand_id).items()}
        channels = {channel.id: channel.code for channel in list_channels(brand_id)}
        stores = stores_by_id(brand_id, {row[4] for row in found if row[4]})
    above = {code: _above(code, parents) for code in {item.category for item in items.values()}}
    return [
        Sale(
            order_id,
            customer,
            placed,
            tuple(
                SaleLine(n, sku, minor, above[items[item].category] if item in items else frozenset())
                for n, sku, item, minor in zip(numbers, skus, of, amounts, strict=True)
            ),
            channel=channels.get(channel, ""),
            store=stores[store].code if store in stores else "",
            done=state == "completed",
            total_minor=total,
        )
        for order_id, customer, placed, channel, store, state, total, numbers, skus, of, amounts in found
    ]


def _above(code: str, parents: dict[str, str]) -> frozenset[str]:
    """A category and those it is in; a tree that runs in a circle ends all the same."""
    seen: set[str] = set()
    while code and code not in seen:
        seen.add(code)
        code = parents.get(code, "")
    return frozenset(seen)
