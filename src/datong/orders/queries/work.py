"""What a store has to make of an order: its own lines, with everything that is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import json

from datong.kernel.db import in_brand, rows
from datong.payments.types import PaymentMethod


@dataclass(frozen=True, slots=True)
class WorkLine:
    """Units of a line that this store serves; `options`: what was chosen for each unit (规格, 加料, 做法)."""

    line_no: int
    sku: str
    title: str
    units: int
    options: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """An order as who makes it needs it. `due_minor`: what is still to be collected for the whole order."""

    order_id: UUID
    number: str
    channel_id: UUID
    placed_at: datetime
    note: str
    contact_name: str
    payment: PaymentMethod
    due_minor: int
    total_minor: int
    currency: str
    lines: tuple[WorkLine, ...]


WORK = """
    SELECT o.id, o.number, o.channel_id, o.placed_at, o.note, o.contact_name, o.payment,
           CASE WHEN o.paid OR o.amounts IS NOT NULL THEN 0 ELSE o.total_minor END, o.total_minor, o.currency,
           coalesce((SELECT jsonb_agg(jsonb_build_array(l.line_no, l.sku, l.title, l.here, l.options)
                                     ORDER BY l.line_no)
              FROM (SELECT x.line_no, x.sku, x.title, x.options,
                           CASE WHEN a.units IS NOT NULL THEN a.here
                                WHEN o.store_id = %(store)s THEN x.units - coalesce(w.units, 0) ELSE 0 END AS here
                      FROM orders_line x
                      LEFT JOIN LATERAL (
                          SELECT sum(y.units)::int AS units,
                                 coalesce(sum(y.units) FILTER (WHERE y.store_id = %(store)s), 0)::int AS here
                            FROM orders_allocation y
                           WHERE y.brand_id = x.brand_id AND y.order_id = x.order_id AND y.line_no = x.line_no) a
                        ON true
                      LEFT JOIN LATERAL (
                          SELECT sum(z.units)::int AS units FROM orders_withdrawal z
                           WHERE z.brand_id = x.brand_id AND z.order_id = x.order_id AND z.line_no = x.line_no) w
                        ON true
                     WHERE x.brand_id = o.brand_id AND x.order_id = o.id) l WHERE l.here > 0), '[]')::text
      FROM orders_order o WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[])
"""


def work_of(brand_id: UUID, store_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, Work]:
    """What a store has to do for these orders, by order; one statement whatever their number."""
    if not order_ids:
        return {}
    with in_brand(brand_id):
        found = rows(WORK, {"brand": brand_id, "store": store_id, "orders": list(order_ids)})
    return {row[0]: _work(row) for row in found}


def _work(row: tuple[Any, ...]) -> Work:
    order, number, channel, placed, note, name, payment, due, total, currency, said = row
    lines = (WorkLine(n, sku, title, units, tuple(o or ())) for n, sku, title, units, o in json.decode(said))
    return Work(order, number, channel, placed, note, name, PaymentMethod(payment), due, total, currency, tuple(lines))
