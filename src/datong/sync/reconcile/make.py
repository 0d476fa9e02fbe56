"""A channel's day is computed from the rows of both sides, again and again with the same result."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from datong.brand.api import get_brand, list_channels
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.types import Booked, OrderState
from datong.sync.reconcile import rules
from datong.sync.reconcile.queries import report
from datong.sync.reconcile.types import Difference, Report, Side

BACK_DAYS = 3
MOST = 200_000

THEIRS = """
    SELECT external_id, placed_at, amount_minor, cancelled, counts FROM sync_theirs
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND placed_at >= %(begins)s AND placed_at < %(ends)s
       AND gone_at IS NULL
     ORDER BY placed_at LIMIT %(most)s
"""
THEIRS_BY_ID = """
    SELECT external_id, placed_at, amount_minor, cancelled, counts FROM sync_theirs
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND external_id = ANY (%(ids)s::text[])
       AND gone_at IS NULL
"""
READ_AT = "SELECT full_done_at FROM sync_pull WHERE brand_id = %(brand)s AND channel_id = %(channel)s"
DECLARED = """
    SELECT orders, amount_minor FROM sync_total
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND day = %(day)s
"""


def make_report(brand_id: UUID, channel_id: UUID, day: date) -> Report:
    """Compute a channel's day anew from the raw rows; what was decided about a difference stays while it is the same.

    Raises NotFound. Statements: a constant number, whatever the orders.
    """
    if channel_id not in {channel.id for channel in list_channels(brand_id)}:
        raise NotFound(f"no channel {channel_id}")
    brand = get_brand(brand_id)
    with in_brand(brand_id):
        begins, ends = rules.day_of(day, _zone(brand_id, channel_id, brand.timezone))
        about = {"brand": brand_id, "channel": channel_id, "day": day, "begins": begins, "ends": ends, "most": MOST}
        theirs = {row[0]: _side(row) for row in rows(THEIRS, about)}
        ours = {b.external_id: _ours(b) for b in orders.booked_between(brand_id, channel_id, begins, ends)}
        their_count, their_minor = rules.totals(theirs, begins, ends)
        our_count, our_minor = rules.totals(ours, begins, ends)
        read_at = next((at for (at,) in rows(READ_AT, about)), None)
        told: tuple[int | None, int | None] = (their_count, their_minor)
        declared = rows(DECLARED, about)
        if read_at is None and not theirs:
            told = declared[0] if declared else (None, None)
            found = rules.total_difference(declared[0][0], declared[0][1], our_count, our_minor) if declared else []
        else:
            declared = []
            found = _lines(about, theirs, ours, begins, ends)
        _keep(about, found)
        execute(
            REPORT,
            {
                **about,
                "currency": brand.currency,
                "their_count": told[0],
                "their_minor": told[1],
                "our_count": our_count,
                "our_minor": our_minor,
                "declared": bool(declared),
                "differences": len(found),
                "read_at": read_at,
                "now": clock.now(),
            },
        )
        return report(brand_id, channel_id, day)


def make_due(brand_id: UUID) -> int:
    """The last days of every channel that has told something; how many were computed."""
    brand = get_brand(brand_id)
    with in_brand(brand_id):
        channels = [row[0] for row in rows(TELLING, {"brand": brand_id})]
        today = clock.now().astimezone(ZoneInfo(brand.timezone)).date()
        days = [today - timedelta(days=n) for n in range(BACK_DAYS)]
        for channel in channels:
            for day in days:
                make_report(brand_id, channel, day)
    return len(channels) * len(days)


TELLING = """
    SELECT channel_id FROM sync_pull WHERE brand_id = %(brand)s AND heard_at IS NOT NULL
     UNION SELECT channel_id FROM sync_total WHERE brand_id = %(brand)s ORDER BY 1
"""
ZONE = "SELECT settings->>'timezone' FROM sync_link WHERE brand_id = %(brand)s AND channel_id = %(channel)s"


def _zone(brand_id: UUID, channel_id: UUID, fallback: str) -> str:
    """The channel's day is told in its own zone where its connection names one."""
    return next((z for (z,) in rows(ZONE, {"brand": brand_id, "channel": channel_id}) if z), fallback)


def _lines(
    about: dict[str, Any], theirs: dict[str, Side], ours: dict[str, Side], begins: datetime, ends: datetime
) -> list[Difference]:
    """Both sides completed by what each knows of the other's orders on other days."""
    unknown_there, unknown_here = sorted(set(ours) - set(theirs)), sorted(set(theirs) - set(ours))
    if unknown_there:
        theirs |= {row[0]: _side(row) for row in rows(THEIRS_BY_ID, {**about, "ids": unknown_there})}
    if unknown_here:
        known = orders.booked_by_id(about["brand"], about["channel"], unknown_here)
        ours |= {key: _ours(booked) for key, booked in known.items()}
    return rules.compare(theirs, ours, begins, ends)


def _side(row: Sequence[Any]) -> Side:
    return Side(*row)


def _ours(booked: Booked) -> Side:
    cancelled = booked.state is OrderState.CANCELLED
    return Side(booked.external_id, booked.placed_at, booked.total_minor, cancelled)


KEEP = """
    INSERT INTO sync_difference AS d (brand_id, id, channel_id, day, kind, external_id, their_minor, our_minor,
                                      delta_count, delta_minor, note, state, by, reason)
    SELECT %(brand)s, r.id, %(channel)s, %(day)s, r.kind, r.external_id, r.their, r.our, r.count, r.minor, r.note,
           'open', '', ''
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(externals)s::text[], %(theirs)s::bigint[], %(ours)s::bigint[],
                  %(counts)s::int[], %(minors)s::bigint[], %(notes)s::text[])
        AS r(id, kind, external_id, their, our, count, minor, note)
    ON CONFLICT (brand_id, channel_id, day, external_id) DO UPDATE
       SET kind = excluded.kind, their_minor = excluded.their_minor, our_minor = excluded.our_minor,
           delta_count = excluded.delta_count, delta_minor = excluded.delta_minor, note = excluded.note,
           state = CASE WHEN d.state = 'gone' OR (d.kind, d.their_minor, d.our_minor)
                             IS DISTINCT FROM (excluded.kind, excluded.their_minor, excluded.our_minor)
                        THEN 'open' ELSE d.state END
"""
GONE = """
    UPDATE sync_difference SET state = 'gone'
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND day = %(day)s AND state <> 'gone'
       AND NOT external_id = ANY (%(externals)s::text[])
"""


def _keep(about: dict[str, Any], found: Sequence[Difference]) -> None:
    columns = {
        "ids": [uuid7() for _ in found],
        "kinds": [d.kind.value for d in found],
        "externals": [d.external_id for d in found],
        "theirs": [d.their_minor for d in found],
        "ours": [d.our_minor for d in found],
        "counts": [d.delta_count for d in found],
        "minors": [d.delta_minor for d in found],
        "notes": [d.note[:60] for d in found],
    }
    execute(GONE, {**about, **columns})
    if found:
        execute(KEEP, {**about, **columns})


REPORT = """
    INSERT INTO sync_report (brand_id, day, channel_id, begins_at, ends_at, currency, their_count, their_minor,
                             our_count, our_minor, declared, differences, read_at, made_at)
    VALUES (%(brand)s, %(day)s, %(channel)s, %(begins)s, %(ends)s, %(currency)s, %(their_count)s, %(their_minor)s,
            %(our_count)s, %(our_minor)s, %(declared)s, %(differences)s, %(read_at)s, %(now)s)
    ON CONFLICT (brand_id, day, channel_id) DO UPDATE
       SET begins_at = excluded.begins_at, ends_at = excluded.ends_at, currency = excluded.currency,
           their_count = excluded.their_count, their_minor = excluded.their_minor, our_count = excluded.our_count,
           our_minor = excluded.our_minor, declared = excluded.declared, differences = excluded.differences,
           read_at = excluded.read_at, made_at = excluded.made_at
"""
