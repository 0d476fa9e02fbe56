"""What orders have been made of since a moment: whoever wants to take goods or stores back must know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7_floor

ITEMS = """
    SELECT DISTINCT item_id FROM orders_line
     WHERE brand_id = %(brand)s AND order_id >= %(since)s AND item_id = ANY(%(ids)s::uuid[])
"""
STORES = """
    SELECT DISTINCT store_id FROM orders_order
     WHERE brand_id = %(brand)s AND id >= %(since)s AND store_id = ANY(%(ids)s::uuid[])
"""


def items_ordered(brand_id: UUID, item_ids: Iterable[UUID], since: datetime) -> set[UUID]:
    """Those of the items that an order since `since` names; one statement over the orders since then."""
    key = {"brand": brand_id, "since": uuid7_floor(since), "ids": list(item_ids)}
    with in_brand(brand_id):
        return {item for (item,) in rows(ITEMS, key)}


def stores_with_orders(brand_id: UUID, store_ids: Iterable[UUID], since: datetime) -> set[UUID]:
    """Those of the stores that have an order since `since`; one statement."""
    key = {"brand": brand_id, "since": uuid7_floor(since), "ids": list(store_ids)}
    with in_brand(brand_id):
        return {store for (store,) in rows(STORES, key)}
