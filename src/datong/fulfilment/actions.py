"""Writes of fulfilment."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.fulfilment.types import Task, TaskState
from datong.kernel import clock
from datong.kernel.db import execute, in_brand

OPEN = """
    INSERT INTO fulfilment_task (brand_id, id, order_id, store_id, kind, state, promised_at, created_at)
    SELECT %(brand)s, t.*, %(now)s
      FROM unnest(%(ids)s::uuid[], %(orders)s::uuid[], %(stores)s::uuid[], %(kinds)s::text[], %(states)s::text[],
                  %(promises)s::timestamptz[]) t
    ON CONFLICT (brand_id, order_id, store_id) DO UPDATE SET state = excluded.state, promised_at = excluded.promised_at
     WHERE fulfilment_task.state = 'cancelled'
"""


def open_tasks(tasks: Sequence[Task], *, brand: UUID) -> int:
    """Give each store its share of the orders; a task is opened once however often it is asked for."""
    if not tasks:
        return 0
    with in_brand(brand):
        return execute(
            OPEN,
            {
                "brand": brand,
                "now": clock.now(),
                "ids": [task.id for task in tasks],
                "orders": [task.order_id for task in tasks],
                "stores": [task.store_id for task in tasks],
                "kinds": [task.kind.value for task in tasks],
                "states": [task.state.value for task in tasks],
                "promises": [task.promised_at for task in tasks],
            },
        )


CANCEL = """
    UPDATE fulfilment_task SET state = %(cancelled)s
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND state NOT IN ('done', 'cancelled')
       AND NOT (order_id, store_id) IN (SELECT * FROM unnest(%(keep_orders)s::uuid[], %(keep_stores)s::uuid[]))
"""


def cancel_tasks(order_ids: Sequence[UUID], *, brand: UUID, keep: Sequence[tuple[UUID, UUID]] = ()) -> int:
    """Take open tasks of these orders back from their stores, except the (order, store) pairs to keep."""
    if not order_ids:
        return 0
    with in_brand(brand):
        return execute(
            CANCEL,
            {
                "brand": brand,
                "orders": list(order_ids),
                "cancelled": TaskState.CANCELLED.value,
                "keep_orders": [order for order, _ in keep],
                "keep_stores": [store for _, store in keep],
            },
        )
