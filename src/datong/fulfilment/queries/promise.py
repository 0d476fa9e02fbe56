"""What can be promised now, and what was kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from datong.fulfilment.queries.tasks import open_by_store
from datong.fulfilment.rules import promise as rules
from datong.fulfilment.types.promise import OnTime, Pace, Window
from datong.kernel import clock
from datong.kernel.db import in_brand, rows

PACES = "SELECT prepare_s, each_s, wait_s, speed_m_s, store_id FROM fulfilment_pace WHERE brand_id = %(brand)s"
FREE = """
    SELECT EXISTS (SELECT 1 FROM fulfilment_courier c WHERE c.brand_id = %(brand)s AND c.on_duty AND c.room >
        (SELECT count(*) FROM fulfilment_delivery d JOIN fulfilment_task t
             ON t.brand_id = d.brand_id AND t.id = d.task_id
          WHERE d.brand_id = c.brand_id AND d.courier_id = c.id AND d.delivered_at IS NULL
            AND t.state IN ('accepted', 'ready', 'handed_over')))
"""


def paces_of(brand_id: UUID) -> list[Pace]:
    """How quick the stores are that say so, and the brand's own word (`store_id` None)."""
    with in_brand(brand_id):
        return [Pace(*row) for row in rows(PACES, {"brand": brand_id})]


def foresee_delivery(brand_id: UUID, distances: Mapping[UUID, float]) -> dict[UUID, Window]:
    """When each of these stores (store -> meters to the door) would be at the door, were it ordered now."""
    now = clock.now()
    with in_brand(brand_id):
        paces, queue = paces_of(brand_id), open_by_store(brand_id)
        free = bool(rows(FREE, {"brand": brand_id})[0][0])
    return {
        store: rules.promise(rules.pace_of(paces, store), queue.get(store, 0), metres, now, couriers_free=free)
        for store, metres in distances.items()
    }


ON_TIME = """
    SELECT t.store_id, count(*)::int, count(*) FILTER (WHERE s.at <= t.promised_at)::int
      FROM fulfilment_task t
      JOIN fulfilment_step s ON s.brand_id = t.brand_id AND s.task_id = t.id AND s.state = 'done'
     WHERE t.brand_id = %(brand)s AND t.kind = 'delivery' AND t.state = 'done' AND t.promised_at IS NOT NULL
       AND t.created_at >= %(since)s AND t.created_at < %(until)s
       AND (%(stores)s::uuid[] IS NULL OR t.store_id = ANY(%(stores)s::uuid[]))
     GROUP BY 1 ORDER BY 1
"""


def on_time(brand_id: UUID, since: datetime, until: datetime, stores: list[UUID] | None = None) -> list[OnTime]:
    """Of the deliveries opened in a time that are done and had a promise, how many were in time, by store."""
    with in_brand(brand_id):
        found = rows(ON_TIME, {"brand": brand_id, "since": since, "until": until, "stores": stores})
    return [OnTime(*row) for row in found]
