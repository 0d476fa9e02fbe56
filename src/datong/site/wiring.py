"""Who hears whom: the consumers of the outbox, the jobs, the worker. The only place that knows everybody."""

from __future__ import annotations

from uuid import UUID

from datong.brand.api import list_brands
from datong.insight.subscribers import CONSUMERS as INSIGHT
from datong.integration.tasks import drain_all
from datong.kernel import schema
from datong.kernel.worker import Worker
from datong.orders.subscribers import CONSUMERS as ORDERS
from datong.orders.tasks import JOBS as ORDER_JOBS


def worker() -> Worker:
    """A worker that does everything there is to do behind the doors."""
    return Worker(
        consumers=(*ORDERS, *INSIGHT),
        jobs=ORDER_JOBS,
        brands=brand_ids,
        drains=(drain_all,),
        housekeeping=schema.make_partitions,
    )


def brand_ids() -> list[UUID]:
    return [brand.id for brand in list_brands()]
