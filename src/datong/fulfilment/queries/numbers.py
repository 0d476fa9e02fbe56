"""Reads of pick-up numbers."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.fulfilment.types import Calling
from datong.kernel.db import in_brand, rows

OF_ORDERS = """
    SELECT task_id, order_id, store_id, day, number, code FROM fulfilment_calling
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) ORDER BY task_id
"""


def callings_of(brand_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, Calling]:
    """The numbers and codes of these orders' tasks, by task. The code is for the customer's eyes, not for staff's."""
    if not order_ids:
        return {}
    with in_brand(brand_id):
        found = rows(OF_ORDERS, {"brand": brand_id, "orders": list(order_ids)})
    return {row[0]: Calling(*row) for row in found}
