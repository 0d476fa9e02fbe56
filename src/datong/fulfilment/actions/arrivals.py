"""A customer is in the store (到店): the visit is confirmed, and who makes the order sees it."""

from __future__ import annotations

from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand

ARRIVE = """
    INSERT INTO fulfilment_arrival (brand_id, task_id, at)
    SELECT t.brand_id, t.id, %(now)s::timestamptz FROM fulfilment_task t
     WHERE t.brand_id = %(brand)s AND t.order_id = %(order)s AND t.kind IN ('pickup', 'in_store')
       AND t.state IN ('new', 'accepted', 'ready') ORDER BY t.id
    ON CONFLICT (brand_id, task_id) DO NOTHING
"""


def arrive(order_id: UUID, *, brand: UUID) -> int:
    """The customer of an order that is fetched is here; how many of its parts learn it for the first time.

    Said twice it is the first time; an order that was handed over, or is brought, learns nothing.
    """
    with in_brand(brand):
        return execute(ARRIVE, {"brand": brand, "order": order_id, "now": clock.now()})
