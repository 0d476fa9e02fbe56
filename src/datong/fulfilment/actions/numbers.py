"""Pick-up numbers (取餐号): given when a task is opened, each once in a store's business day."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from datong.fulfilment.types import FulfilmentKind, Task
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.ledger.api import rulebook

GIVE = """
    WITH due AS (
        SELECT t.id, t.order_id, t.store_id, g.day, g.code,
               row_number() OVER (PARTITION BY t.store_id, g.day ORDER BY t.id) AS n,
               count(*) OVER (PARTITION BY t.store_id, g.day) AS of
          FROM unnest(%(orders)s::uuid[], %(stores)s::uuid[], %(days)s::date[], %(codes)s::text[])
               g(order_id, store_id, day, code)
          JOIN fulfilment_task t ON t.brand_id = %(brand)s AND t.order_id = g.order_id AND t.store_id = g.store_id
         WHERE NOT EXISTS (SELECT 1 FROM fulfilment_calling c WHERE c.brand_id = t.brand_id AND c.task_id = t.id)
    ), moved AS (
        INSERT INTO fulfilment_number (brand_id, store_id, day, last)
        SELECT %(brand)s, store_id, day, count(*) FROM due GROUP BY store_id, day ORDER BY store_id, day
        ON CONFLICT (brand_id, store_id, day) DO UPDATE SET last = fulfilment_number.last + excluded.last
        RETURNING store_id, day, last
    )
    INSERT INTO fulfilment_calling (brand_id, task_id, order_id, store_id, day, number, code)
    SELECT %(brand)s, d.id, d.order_id, d.store_id, d.day, m.last - d.of + d.n, d.code
      FROM due d JOIN moved m ON m.store_id = d.store_id AND m.day = d.day
"""


def give_numbers(tasks: Sequence[Task], *, brand: UUID) -> int:
    """Give tasks that were opened in this transaction the next numbers of their stores; how many got one.

    One statement whatever their number: each store's row moves once for the whole batch, in the order of the stores,
    so there is no sequence and no gap. A task that has a number keeps it, for its customer was told. The number is of
    the business day the task is promised for, so that an order for tomorrow is called among tomorrow's.
    """
    called = [task for task in tasks if task.kind is not FulfilmentKind.TILL]
    if not called:
        return 0
    with in_brand(brand):
        return execute(
            GIVE,
            {
                "brand": brand,
                "orders": [task.order_id for task in called],
                "stores": [task.store_id for task in called],
                "days": [_day(task, brand) for task in called],
                "codes": [f"{secrets.randbelow(1_000_000):06d}" for _ in called],
            },
        )


def _day(task: Task, brand: UUID) -> date:
    now = clock.now()
    at = max(task.promised_at, now) if task.promised_at else now
    return rulebook(brand).business_date(at, task.store_id)
