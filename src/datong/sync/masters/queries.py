"""Reads of field masters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.sync.masters.rules import DEFAULTS
from datong.sync.masters.types import Field, FieldName, FieldRow, FieldState, Master

MAX_PAGE = 200

MASTERS = "SELECT field, master FROM sync_fieldmaster WHERE brand_id = %(brand)s AND channel_id = %(channel)s"
FIELDS = """
    SELECT item_id, sku, field, theirs, ours, state, since, at, fights FROM sync_fieldvalue
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s
"""
DIFFER = """
    SELECT f.item_id, f.sku, f.field, f.theirs, f.ours, f.state, f.since, f.at, f.fights, f.channel_id,
           coalesce(m.master, ''), coalesce(c.title, '')
      FROM sync_fieldvalue f
      LEFT JOIN sync_fieldmaster m ON m.brand_id = f.brand_id AND m.channel_id = f.channel_id AND m.field = f.field
      LEFT JOIN sync_counterpart c
             ON c.brand_id = f.brand_id AND c.channel_id = f.channel_id AND c.item_id = f.item_id
     WHERE f.brand_id = %(brand)s AND f.state <> 'agrees'
       AND (%(channel)s::uuid IS NULL OR f.channel_id = %(channel)s::uuid)
     ORDER BY (f.state IN ('stopped', 'conflict')) DESC, f.since DESC, f.sku, f.field LIMIT %(limit)s
"""


def masters_of(brand_id: UUID, channel_id: UUID) -> dict[FieldName, Master]:
    """Who leads each field at a channel."""
    with in_brand(brand_id):
        found = rows(MASTERS, {"brand": brand_id, "channel": channel_id})
    return {**DEFAULTS, **{FieldName(name): Master(master) for name, master in found}}


def fields_of(brand_id: UUID, channel_id: UUID) -> dict[tuple[UUID, FieldName], Field]:
    with in_brand(brand_id):
        found = [_field(row) for row in rows(FIELDS, {"brand": brand_id, "channel": channel_id})]
    return {(field.item_id, field.field): field for field in found}


def differing(brand_id: UUID, *, channel_id: UUID | None = None, limit: int = MAX_PAGE) -> list[FieldRow]:
    """Fields that differ, the stopped ones first, then the newest; at most MAX_PAGE."""
    params = {"brand": brand_id, "channel": channel_id, "limit": max(1, min(limit, MAX_PAGE))}
    with in_brand(brand_id):
        found = [(row, _field(row[:9])) for row in rows(DIFFER, params)]
    return [
        FieldRow(row[9], field, Master(row[10]) if row[10] else DEFAULTS[field.field], row[11]) for row, field in found
    ]


RIVALS = """
    SELECT c.item_id, m.channel_id, v.theirs
      FROM sync_fieldmaster m
      JOIN sync_counterpart c ON c.brand_id = m.brand_id AND c.channel_id = m.channel_id AND c.fault = ''
      LEFT JOIN sync_fieldvalue v ON v.brand_id = m.brand_id AND v.channel_id = m.channel_id
                                 AND v.item_id = c.item_id AND v.field = m.field
     WHERE m.brand_id = %(brand)s AND m.field = %(field)s AND m.master = 'channel' AND m.channel_id <> %(channel)s
       AND c.item_id = ANY(%(items)s::uuid[])
"""


def rivals_of(
    brand_id: UUID, channel_id: UUID, name: FieldName, items: Sequence[UUID]
) -> dict[UUID, list[tuple[UUID, str | None]]]:
    """By item, other channels that lead this field of it: (channel, what it said last; None: what we hold)."""
    found: dict[UUID, list[tuple[UUID, str | None]]] = {}
    with in_brand(brand_id):
        params = {"brand": brand_id, "channel": channel_id, "field": name.value, "items": list(items)}
        for item, channel, theirs in rows(RIVALS, params):
            found.setdefault(item, []).append((channel, theirs))
    return found


def _field(row: Sequence[Any]) -> Field:
    item, sku, name, theirs, ours, state, since, at, fights = row
    return Field(item, sku, FieldName(name), theirs, ours, FieldState(state), since, at, fights)
