"""How quick stores are is set; late deliveries are raised to a person."""

from __future__ import annotations

from uuid import UUID

from datong.fulfilment.events import DeliveryLate
from datong.fulfilment.rules.promise import check_pace
from datong.fulfilment.types.promise import Pace
from datong.kernel import audit, clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7

PUT = """
    INSERT INTO fulfilment_pace (brand_id, id, store_id, prepare_s, each_s, wait_s, speed_m_s)
    VALUES (%(brand)s, %(id)s, %(store)s, %(prepare)s, %(each)s, %(wait)s, %(speed)s)
    ON CONFLICT (brand_id, store_id) DO UPDATE SET prepare_s = excluded.prepare_s, each_s = excluded.each_s,
       wait_s = excluded.wait_s, speed_m_s = excluded.speed_m_s
"""


def put_pace(pace: Pace, *, brand: UUID, by: str) -> None:
    """How quick a store is, or all that say nothing themselves; promises made before stay as they were."""
    check_pace(pace)
    said = {"prepare": pace.prepare_s, "each": pace.each_s, "wait": pace.wait_s, "speed": pace.speed_m_s}
    with in_brand(brand):
        execute(PUT, {"brand": brand, "id": uuid7(), "store": pace.store_id, **said})
        audit.record(brand=brand, actor=by, verb="delivery.pace", subject="how quick stores are", after=said,
                     store_id=pace.store_id)  # fmt: skip


RAISE = """
    WITH late AS (
        SELECT d.task_id FROM fulfilment_delivery d
          JOIN fulfilment_task t ON t.brand_id = d.brand_id AND t.id = d.task_id
         WHERE d.brand_id = %(brand)s AND d.late_at IS NULL AND d.delivered_at IS NULL
           AND t.state IN ('new', 'accepted', 'ready', 'handed_over') AND t.promised_at < %(now)s
         ORDER BY d.task_id LIMIT 500 FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE fulfilment_delivery d SET late_at = %(now)s FROM late l, fulfilment_task t
     WHERE d.brand_id = %(brand)s AND d.task_id = l.task_id AND t.brand_id = d.brand_id AND t.id = d.task_id
    RETURNING d.task_id, t.order_id, t.store_id, t.promised_at
"""


def raise_late(brand: UUID) -> int:
    """Say of every delivery whose promise is over that it is late, once; how many."""
    now = clock.now()
    with in_brand(brand):
        found = sorted(rows(RAISE, {"brand": brand, "now": now}))
        outbox.emit(*(DeliveryLate(task, order, store, promised, now) for task, order, store, promised in found))
        return len(found)
