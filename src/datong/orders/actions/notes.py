"""A line on the timeline of orders: who, when, why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import json

from datong.kernel import audit, clock
from datong.kernel.db import execute, rows
from datong.kernel.ids import uuid7

NOTE = """
    INSERT INTO orders_event (brand_id, order_id, seq, kind, state, actor, reason, detail, at)
    SELECT %(brand)s, n.order_id, n.seq, %(kind)s, %(state)s, %(who)s, %(reason)s, %(detail)s, %(now)s
      FROM unnest(%(orders)s::uuid[], %(seqs)s::uuid[]) n(order_id, seq)
"""


def note(
    order_ids: Sequence[UUID],
    kind: str,
    *,
    brand: UUID,
    who: str,
    reason: str = "",
    state: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """The same line for each of these orders, in the open transaction."""
    key = {"brand": brand, "orders": list(order_ids), "seqs": [uuid7() for _ in order_ids], "kind": kind}
    said = {"state": state, "who": who[:80], "reason": reason[:300], "detail": json.encode(detail or {}).decode()}
    execute(NOTE, {**key, **said, "now": clock.now()})


NAMED = "SELECT number, store_id FROM orders_order WHERE brand_id = %(brand)s AND id = %(order)s"


def record(
    brand: UUID,
    order_id: UUID,
    verb: str,
    *,
    who: str,
    reason: str,
    after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    """In the audit trail too: what a person did to an order's money or stock."""
    ((number, store_id),) = rows(NAMED, {"brand": brand, "order": order_id})
    audit.record(
        brand=brand, actor=who, verb=verb, subject=f"order {number}", store_id=store_id, reason=reason,
        before=before, after=after,
    )  # fmt: skip
