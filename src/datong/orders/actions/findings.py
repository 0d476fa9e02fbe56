"""Something on an order that needs a hand, found after it was taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import json

from datong.kernel import clock
from datong.kernel.db import execute
from datong.kernel.ids import uuid7
from datong.orders.types import ExceptionKind

# The order's row is locked by the count, so that the same finding told twice at once is one.
FIND = """
    WITH new AS (
        UPDATE orders_order o SET exceptions = exceptions + 1
         WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[])
           AND NOT EXISTS (SELECT 1 FROM orders_finding f
                            WHERE f.brand_id = o.brand_id AND f.order_id = o.id AND f.kind = %(kind)s
                              AND f.closed_at IS NULL)
        RETURNING o.id
    )
    INSERT INTO orders_finding (brand_id, id, order_id, kind, detail, at, closed_by, resolution)
    SELECT %(brand)s, g.id, new.id, %(kind)s, %(detail)s, %(now)s, '', ''
      FROM new JOIN unnest(%(orders)s::uuid[], %(ids)s::uuid[]) g(order_id, id) ON g.order_id = new.id
"""


def find(order_ids: Sequence[UUID], kind: ExceptionKind, detail: Mapping[str, Any], *, brand: UUID) -> int:
    """Raise the same finding on each of these orders that has none of its kind open; how many were new."""
    if not order_ids:
        return 0
    key = {"brand": brand, "orders": list(order_ids), "ids": [uuid7() for _ in order_ids], "kind": kind.value}
    return execute(FIND, {**key, "detail": json.encode(detail).decode(), "now": clock.now()})
