"""Reads of fulfilment."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.kernel.db import in_brand, rows

TASKS_OF = """
    SELECT id, order_id, store_id, kind, promised_at, state FROM fulfilment_task
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) ORDER BY id
"""
OPEN_BY_STORE = """
    SELECT store_id, count(*) FROM fulfilment_task
     WHERE brand_id = %(brand)s AND state NOT IN ('done', 'cancelled') GROUP BY 1
"""


def tasks_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Task]:
    """The tasks of these orders, oldest first."""
    with in_brand(brand_id):
        found = rows(TASKS_OF, {"brand": brand_id, "orders": list(order_ids)})
    return [
        Task(id_, order, store, FulfilmentKind(kind), promised, TaskState(state))
        for id_, order, store, kind, promised, state in found
    ]


def open_by_store(brand_id: UUID) -> dict[UUID, int]:
    """How many tasks each store has open."""
    with in_brand(brand_id):
        return dict(rows(OPEN_BY_STORE, {"brand": brand_id}))
