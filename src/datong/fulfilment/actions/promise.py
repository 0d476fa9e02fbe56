"""The time an order is promised for changes while no store has begun."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from datong.kernel.db import execute, in_brand

MOVE = """
    UPDATE fulfilment_task SET promised_at = %(at)s
     WHERE brand_id = %(brand)s AND order_id = %(order)s AND state = 'new'
"""


def promise(order_id: UUID, promised_at: datetime, *, brand: UUID) -> int:
    """Tell the stores that have not begun with an order its new time; how many."""
    with in_brand(brand):
        return execute(MOVE, {"brand": brand, "order": order_id, "at": promised_at})
