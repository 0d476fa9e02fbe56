"""Reads of fulfilment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.fulfilment.types import FulfilmentKind, Step, Task, TaskState
from datong.kernel.db import in_brand, rows

TASKS_OF = """
    SELECT id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason FROM fulfilment_task
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) ORDER BY id
"""
STEPS_OF = """
    SELECT s.task_id, t.store_id, s.state, s.by, s.reason, s.carrier, s.tracking, s.at
      FROM fulfilment_task t
      JOIN fulfilment_step s ON s.brand_id = t.brand_id AND s.task_id = t.id
     WHERE t.brand_id = %(brand)s AND t.order_id = ANY(%(orders)s::uuid[]) ORDER BY s.id
"""
OPEN_BY_STORE = """
    SELECT store_id, count(*) FROM fulfilment_task
     WHERE brand_id = %(brand)s AND state NOT IN ('done', 'cancelled', 'refused', 'handed_over') GROUP BY 1
"""


def task_of(row: tuple[Any, ...]) -> Task:
    id_, order, store, kind, promised, state, carrier, tracking, reason = row
    return Task(id_, order, store, FulfilmentKind(kind), promised, TaskState(state), carrier, tracking, reason)


def tasks_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Task]:
    """The tasks of these orders, oldest first."""
    with in_brand(brand_id):
        return [task_of(row) for row in rows(TASKS_OF, {"brand": brand_id, "orders": list(order_ids)})]


REACHED = """
    SELECT t.kind,
           count(DISTINCT t.order_id) FILTER (WHERE s.state IN ('accepted', 'ready', 'handed_over', 'done'))::int,
           count(DISTINCT t.order_id) FILTER (WHERE s.state IN ('ready', 'handed_over', 'done'))::int
      FROM fulfilment_task t JOIN fulfilment_step s ON s.brand_id = t.brand_id AND s.task_id = t.id
     WHERE t.brand_id = %(brand)s AND t.created_at >= %(since)s AND t.created_at < %(until)s GROUP BY 1
"""


def reached(brand_id: UUID, since: datetime, until: datetime) -> dict[FulfilmentKind, tuple[int, int]]:
    """Of the orders whose tasks were opened in a time, how many a store accepted, and made ready."""
    with in_brand(brand_id):
        found = rows(REACHED, {"brand": brand_id, "since": since, "until": until})
    return {FulfilmentKind(kind): (accepted, ready) for kind, accepted, ready in found}


QUEUE = """
    SELECT id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason FROM fulfilment_task
     WHERE brand_id = %(brand)s AND store_id = %(store)s
       AND state NOT IN ('done', 'cancelled', 'refused', 'handed_over')
     ORDER BY coalesce(promised_at, created_at), id LIMIT %(limit)s
"""


def queue_of(brand_id: UUID, store_id: UUID, *, limit: int = 200) -> list[Task]:
    """What the store has to do: by the promise, else by arrival, whatever the channel or the payment."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "store": store_id, "limit": min(limit, 1000)}
        return [task_of(row) for row in rows(QUEUE, key)]


def steps_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Step]:
    """What the stores did with these orders, oldest first."""
    with in_brand(brand_id):
        found = rows(STEPS_OF, {"brand": brand_id, "orders": list(order_ids)})
    return [Step(task, store, TaskState(state), *rest) for task, store, state, *rest in found]


def open_by_store(brand_id: UUID) -> dict[UUID, int]:
    """How many tasks each store has open."""
    with in_brand(brand_id):
        return dict(rows(OPEN_BY_STORE, {"brand": brand_id}))
