"""Reads of insight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from datong.kernel.db import in_brand, rows


@dataclass(frozen=True, slots=True)
class ChannelDay:
    channel_id: UUID
    day: date
    currency: str
    orders: int
    units: int
    revenue_minor: int
    exceptions: int


DAYS = """
    SELECT channel_id, day, currency, orders, units, revenue_minor, exceptions FROM insight_channelday
     WHERE brand_id = %(brand)s AND day BETWEEN %(since)s AND %(until)s ORDER BY day, channel_id
"""


def channel_days(brand_id: UUID, since: date, until: date) -> list[ChannelDay]:
    """What each channel took on each day (UTC, the order's own time), both days included."""
    with in_brand(brand_id):
        return [ChannelDay(*row) for row in rows(DAYS, {"brand": brand_id, "since": since, "until": until})]


LAG = """
    SELECT c.consumer, count(o.id), min(o.id::text) FROM kernel_cursor c
      LEFT JOIN kernel_outboxevent o ON o.brand_id = c.brand_id AND o.lane = c.lane AND (o.xid, o.id) > (c.xid, c.last)
     WHERE c.brand_id = %(brand)s GROUP BY 1 ORDER BY 1
"""


def event_lag(brand_id: UUID) -> list[tuple[str, int]]:
    """(consumer, events it has not read yet): how far the measures are behind the orders."""
    with in_brand(brand_id):
        return [(consumer, waiting) for consumer, waiting, _ in rows(LAG, {"brand": brand_id})]
