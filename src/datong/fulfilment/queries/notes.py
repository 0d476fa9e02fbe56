"""Reads of delivery notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.fulfilment.types import Goods, Note, TaskState
from datong.kernel.db import in_brand, rows
from datong.kernel.geo import Point

NOTES = """
    SELECT n.task_id, n.order_id, n.store_id, n.number, n.address, n.lon, n.lat, n.contact_name, n.contact_phone,
           n.goods::text, n.due_minor, n.currency, n.remark, n.distance_m, n.bearing_deg, t.promised_at, t.state,
           coalesce(c.code, ''), coalesce(c.number, 0)
      FROM fulfilment_note n JOIN fulfilment_task t ON t.brand_id = n.brand_id AND t.id = n.task_id
      LEFT JOIN fulfilment_calling c ON c.brand_id = n.brand_id AND c.task_id = n.task_id
     WHERE n.brand_id = %(brand)s AND n.order_id = ANY(%(orders)s::uuid[]) ORDER BY n.task_id
"""
COLUMNS = 19


def note_of(row: tuple[Any, ...]) -> Note:
    """A note from the columns of NOTES."""
    task, order, store, number, address, lon, lat, name, phone, goods, due, currency, remark, metres, bearing, *rest = (
        row
    )
    promised, state, code, calling = rest
    place = Point(lon, lat) if lon is not None and lat is not None else None
    lines = tuple(msgspec.json.decode(goods, type=list[Goods]))
    return Note(task, order, store, number, address, place, name, phone, lines, due, currency, remark, metres, bearing,
                promised, TaskState(state), code, calling)  # fmt: skip


def notes_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Note]:
    """The delivery notes of these orders, with where their tasks stand; one statement."""
    with in_brand(brand_id):
        return [note_of(row) for row in rows(NOTES, {"brand": brand_id, "orders": list(order_ids)})]
