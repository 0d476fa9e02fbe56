"""Reads of reconciliation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.sync.reconcile.types import Difference, DifferenceKind, DifferenceRow, DifferenceState, Report

MAX_PAGE = 200

COLUMNS = """r.channel_id, r.day, r.begins_at, r.ends_at, r.currency, r.their_count, r.their_minor, r.our_count,
             r.our_minor, r.declared, r.differences,
             (SELECT count(*) FROM sync_difference d WHERE d.brand_id = r.brand_id AND d.channel_id = r.channel_id
                 AND d.day = r.day AND d.state IN ('open', 'asked'))::int,
             r.read_at, r.made_at"""
ONE = f"""
    SELECT {COLUMNS} FROM sync_report r
     WHERE r.brand_id = %(brand)s AND r.day = %(day)s AND r.channel_id = %(channel)s
"""  # noqa: S608 a constant of ours
PAGE = f"""
    SELECT {COLUMNS} FROM sync_report r
     WHERE r.brand_id = %(brand)s AND (%(channel)s::uuid IS NULL OR r.channel_id = %(channel)s::uuid)
       AND (%(day)s::date IS NULL OR (r.day, r.channel_id) < (%(day)s::date, %(last)s::uuid))
     ORDER BY r.day DESC, r.channel_id DESC LIMIT %(limit)s
"""  # noqa: S608 a constant of ours


def report(brand_id: UUID, channel_id: UUID, day: date) -> Report:
    """A channel's day as it was last computed. Raises NotFound."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "channel": channel_id, "day": day})
    if not found:
        raise NotFound(f"no report of {day}")
    return Report(*found[0])


def reports(
    brand_id: UUID, *, channel_id: UUID | None = None, before: tuple[date, UUID] | None = None, limit: int = 60
) -> list[Report]:
    """Days, newest first; `before` is the (day, channel) of the last row of the page before."""
    params = {
        "brand": brand_id,
        "channel": channel_id,
        "day": before[0] if before else None,
        "last": before[1] if before else None,
        "limit": max(1, min(limit, MAX_PAGE)),
    }
    with in_brand(brand_id):
        return [Report(*row) for row in rows(PAGE, params)]


DIFFERENCES = """
    SELECT d.id, d.channel_id, d.day, d.kind, d.external_id, d.their_minor, d.our_minor, d.delta_count, d.delta_minor,
           d.note, d.state, coalesce(o.number, ''), t.inbox_id, d.by, d.reason, d.at
      FROM sync_difference d
      LEFT JOIN LATERAL (SELECT number FROM orders_order o WHERE o.brand_id = d.brand_id
                            AND o.external_id = d.external_id AND o.channel_id = d.channel_id AND d.external_id <> ''
                          LIMIT 1) o ON true
      LEFT JOIN sync_theirs t
             ON t.brand_id = d.brand_id AND t.channel_id = d.channel_id AND t.external_id = d.external_id
     WHERE d.brand_id = %(brand)s AND d.channel_id = %(channel)s AND d.day = %(day)s AND d.state <> 'gone'
       AND (%(after)s::text IS NULL OR d.external_id > %(after)s::text)
     ORDER BY d.external_id LIMIT %(limit)s
"""
DIFFERENCE = "SELECT channel_id, day, external_id, kind, state FROM sync_difference WHERE brand_id = %s AND id = %s"


def differences(
    brand_id: UUID, channel_id: UUID, day: date, *, after: str | None = None, limit: int = MAX_PAGE
) -> list[DifferenceRow]:
    """The differences of a day by external id, those after `after`; at most MAX_PAGE."""
    params = {"brand": brand_id, "channel": channel_id, "day": day, "after": after, "limit": min(limit, MAX_PAGE)}
    with in_brand(brand_id):
        return [_row(row) for row in rows(DIFFERENCES, params)]


def difference_of(brand_id: UUID, difference_id: UUID) -> tuple[UUID, date, str, DifferenceKind, DifferenceState]:
    """(channel, day, external id, kind, state). Raises NotFound."""
    with in_brand(brand_id):
        found = rows(DIFFERENCE, [brand_id, difference_id])
    if not found:
        raise NotFound(f"no difference {difference_id}")
    channel, day, external_id, kind, state = found[0]
    return channel, day, external_id, DifferenceKind(kind), DifferenceState(state)


def _row(row: Sequence[Any]) -> DifferenceRow:
    id_, channel, day, kind, external, their, our, count, minor, note, state, number, inbox, by, reason, at = row
    difference = Difference(DifferenceKind(kind), external, their, our, count, minor, note)
    return DifferenceRow(id_, channel, day, difference, DifferenceState(state), number, inbox, by, reason, at)
