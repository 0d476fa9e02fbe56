"""Orders that are to be paid before anybody works on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.kernel.db import in_brand, rows

FIRST = """
    SELECT id, paid FROM orders_order
     WHERE brand_id = %s AND id = ANY(%s::uuid[]) AND payment = 'prepaid' AND amounts IS NULL
"""
READY = """
    SELECT o.id, o.fulfilment, o.promised_at,
           coalesce((SELECT array_agg(DISTINCT a.store_id) FROM orders_allocation a
                      WHERE a.brand_id = o.brand_id AND a.order_id = o.id),
                    CASE WHEN o.store_id IS NULL THEN '{}'::uuid[] ELSE ARRAY[o.store_id] END)
      FROM orders_order o
     WHERE o.brand_id = %s AND o.id = ANY(%s::uuid[]) AND o.payment = 'prepaid' AND o.amounts IS NULL AND o.paid
       AND o.state = 'assigned'
     ORDER BY o.id
"""


@dataclass(frozen=True, slots=True)
class ReadyOrder:
    """An order whose stores may start, for its money is there."""

    order_id: UUID
    fulfilment: str
    promised_at: datetime | None
    store_ids: tuple[UUID, ...]


def unpaid_first(brand_id: UUID, order_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these orders that nobody is to start on, for they are to be paid first and are not."""
    with in_brand(brand_id):
        return {order for order, paid in rows(FIRST, [brand_id, list(order_ids)]) if not paid}


def ready_orders(brand_id: UUID, order_ids: Sequence[UUID]) -> list[ReadyOrder]:
    """Those of these orders that were to be paid first, are paid, and have their stores."""
    with in_brand(brand_id):
        found = rows(READY, [brand_id, list(order_ids)])
    return [ReadyOrder(order, kind, promised, tuple(stores)) for order, kind, promised, stores in found]
