"""A channel's list of orders is read: page by page, what is news is taken, and the place reached is kept with it.

No network inside a transaction. A channel is read by one worker at a time (a lease that ends by itself); a worker that
dies leaves the place of the last page that was taken, and what that page brought is in the inbox already.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from datong.integration import api as integration
from datong.integration.types import Listed, ListedPage
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import DatongError, Unavailable
from datong.kernel.ids import uuid7
from datong.sync.inward import rules
from datong.sync.inward.take import take
from datong.sync.inward.types import OrderSource, Pulling, Round
from datong.sync.inward.way import Way, source_of, way_to, ways
from datong.sync.types import Platform

log = logging.getLogger(__name__)

LEASE_S = 300
MAX_FAULTS = 5


@dataclass(slots=True)
class Place:
    """Where a reading stands: from when on, their key of the next page, the newest change seen."""

    since: datetime
    cursor: str
    reach: datetime | None


ENSURE = """
    INSERT INTO sync_pull (brand_id, channel_id, platform, full_cursor, cursor, failures, error, listed, gained)
    SELECT %(brand)s, c.id, c.platform, '', '', 0, '', 0, 0
      FROM unnest(%(channels)s::uuid[], %(platforms)s::text[]) c(id, platform)
    ON CONFLICT (brand_id, channel_id) DO UPDATE SET platform = excluded.platform
     WHERE sync_pull.platform <> excluded.platform
"""
DUE = """
    SELECT channel_id FROM sync_pull
     WHERE brand_id = %(brand)s AND (due_at IS NULL OR due_at <= %(now)s)
       AND (leased_until IS NULL OR leased_until <= %(now)s) AND channel_id = ANY (%(channels)s::uuid[])
     ORDER BY due_at NULLS FIRST, channel_id LIMIT %(limit)s
"""


def pull_due(brand_id: UUID, limit: int = 4) -> list[Pulling]:
    """Read the lists that are due, one after the other; what each run did."""
    open_ways = {way.channel_id: way for way in ways(brand_id) if _readable(way)}
    if not open_ways:
        return []
    with in_brand(brand_id):
        ensure(list(open_ways.values()))
        params = {"brand": brand_id, "now": clock.now(), "channels": list(open_ways), "limit": limit}
        due = [channel for (channel,) in rows(DUE, params)]
    return [pull(brand_id, channel, way=open_ways[channel]) for channel in due]


def _readable(way: Way) -> bool:
    """There is a door for its orders, and it can be asked for them: a mapping may not say how."""
    if way.door is None or not way.address.settings.get("pull", True):
        return False
    if way.address.platform is not Platform.MARKETPLACE:
        return True
    try:
        return integration.mapping_in(way.door.settings).listing is not None
    except DatongError:
        return False


def ensure(found: Sequence[Way]) -> None:
    """A row for every channel that can be read; inside the brand."""
    params = {"channels": [w.channel_id for w in found], "platforms": [w.address.platform.value for w in found]}
    execute(ENSURE, {"brand": current_brand(), **params})


def pull(brand_id: UUID, channel_id: UUID, *, full: bool | None = None, way: Way | None = None) -> Pulling:
    """Read a channel's list now: what changed, and all of it since the horizon when that is due (or `full`).

    Raises NotConnected. Anything the channel does wrong is in the answer's `problem` and in the channel's row.
    """
    way = way or way_to(brand_id, channel_id)
    source = source_of(way)
    token = uuid7()
    with in_brand(brand_id):
        ensure([way])
        row = _lease(channel_id, token)
    if row is None:
        source.close()
        return Pulling(channel_id, problem="another worker is reading this list")
    reader = _Reader(brand_id, way, source, token)
    try:
        reader.recent(row)
        wants_full = row["full_since"] is not None or row["full_due_at"] is None or row["full_due_at"] <= clock.now()
        if wants_full if full is None else full:
            reader.full(row)
        return reader.finish()
    except LostLeaseError:
        return reader.told("another worker went on")
    except DatongError as error:
        return reader.fail(error)
    except Exception as error:
        log.exception("reading a channel's list failed", extra={"channel": str(channel_id)})
        return reader.fail(error)
    finally:
        source.close()


class LostLeaseError(Exception):
    """Another worker reads this list now; what this one has not written it will find itself."""


LEASE = """
    UPDATE sync_pull SET token = %(token)s, leased_until = %(until)s
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND (leased_until IS NULL OR leased_until <= %(now)s)
    RETURNING reach, cursor, cursor_since, cursor_reach, full_since, full_from, full_reach, full_cursor, full_due_at,
              failures
"""
_NAMES = (
    "reach", "cursor", "cursor_since", "cursor_reach", "full_since", "full_from", "full_reach", "full_cursor",
    "full_due_at", "failures",
)  # fmt: skip


def _lease(channel_id: UUID, token: UUID) -> dict[str, Any] | None:
    now = clock.now()
    params = {"brand": current_brand(), "channel": channel_id, "token": token, "now": now}
    found = rows(LEASE, {**params, "until": now + timedelta(seconds=LEASE_S)})
    return dict(zip(_NAMES, found[0], strict=True)) if found else None


class _Reader:
    """One run over one channel's list."""

    def __init__(self, brand_id: UUID, way: Way, source: OrderSource, token: UUID) -> None:
        self.brand_id, self.way, self.source, self.token = brand_id, way, source, token
        self.began = clock.now()
        self.pages = self.listed = self.handed = self.failures = 0
        self.faults: dict[str, str] = {}

    def recent(self, row: dict[str, Any]) -> None:
        """What changed since the last time."""
        self.failures = row["failures"]
        if row["cursor"]:
            place = Place(row["cursor_since"], row["cursor"], row["cursor_reach"])
        else:
            place = Place(rules.start_of(row["reach"], self.began, self.way.pace), "", row["reach"])
        self._read(place, Round.RECENT, self._recent_at)

    def full(self, row: dict[str, Any]) -> None:
        """Everything since the horizon; begun again where the last run stopped."""
        started = row["full_since"] or self.began
        begin = row["full_from"] or self.began - timedelta(days=self.way.pace.horizon_days)
        if row["full_since"] is None:
            with in_brand(self.brand_id):
                self._write(START_FULL, now=started, begin=begin)
            place = Place(begin, "", None)
        else:
            since = (row["full_reach"] or begin) if self.source.ordered else begin
            place = Place(since, row["full_cursor"], row["full_reach"])
        if self._read(place, Round.FULL, self._full_at):
            with in_brand(self.brand_id):
                execute(GONE, {**self._about(), "since": begin, "before": started, "now": clock.now()})
                due = clock.now() + timedelta(seconds=self.way.pace.full_every_s)
                self._write(END_FULL, now=clock.now(), due=due)

    def _read(self, place: Place, why: Round, move: Any) -> bool:
        """Page by page until the end (True) or the limit of a run. Each page is one transaction with its place."""
        for _ in range(self.way.pace.pages):
            page = self.source.page(place.since, self.began, place.cursor)
            place = Place(place.since, page.next, rules.reach_of(place.reach, page.orders, clock.now()))
            entries = self._take(page, why, place, move)
            if entries:
                integration.settle(self.brand_id, entries)
            if not page.next:
                return True
        return False

    def _take(self, page: ListedPage, why: Round, place: Place, move: Any) -> list[UUID]:
        assert self.way.door is not None
        channel, door = self.way.channel_id, self.way.door
        with in_brand(self.brand_id):
            entries = take(channel, door.token, self.way.address.platform.value, page.orders, why)
            move(place, len(page.orders), len(entries))
        self.pages += 1
        self.listed += len(page.orders)
        self.handed += len(entries)
        self.faults.update(page.faults)
        return entries

    def _recent_at(self, place: Place, listed: int, gained: int) -> None:
        done = not place.cursor
        keeps = not done and not self.source.ordered
        reach = place.reach if done or self.source.ordered else None
        cursor = (place.cursor, place.since, place.reach) if keeps else ("", None, None)
        self._write(MOVE, reach=reach, cursor=cursor[0], since=cursor[1], seen=cursor[2], listed=listed, gained=gained)

    def _full_at(self, place: Place, listed: int, gained: int) -> None:
        cursor = "" if self.source.ordered else place.cursor
        self._write(MOVE_FULL, reach=place.reach, cursor=cursor, listed=listed, gained=gained)

    def finish(self) -> Pulling:
        due = clock.now() + timedelta(seconds=self.way.pace.every_s)
        shown = [f"{number}: {why}" for number, why in list(self.faults.items())[:MAX_FAULTS]]
        with in_brand(self.brand_id):
            self._write(FINISH, now=clock.now(), due=due, error="; ".join(shown))
        return Pulling(self.way.channel_id, self.pages, self.listed, self.handed, done=True, problem="; ".join(shown))

    def fail(self, error: Exception) -> Pulling:
        """The reason is shown; the list is asked for again, ever more seldom."""
        asked = error.retry_after_s if isinstance(error, Unavailable) else 0
        due = clock.now() + timedelta(seconds=rules.wait_s(self.failures + 1, asked))
        said = str(error)[:500].replace("\x00", "")
        fixes = "; ".join(problem.fix for problem in getattr(error, "problems", ()))[:300]
        with in_brand(self.brand_id):
            self._write(FAIL, now=clock.now(), due=due, error=f"{said} ({fixes})" if fixes else said)
        return self.told(said)

    def told(self, problem: str) -> Pulling:
        return Pulling(self.way.channel_id, self.pages, self.listed, self.handed, problem=problem)

    def _about(self) -> dict[str, Any]:
        return {"brand": self.brand_id, "channel": self.way.channel_id}

    def _write(self, sql: str, **params: Any) -> None:
        """Raises LostLeaseError, and with it the page's transaction is undone."""
        until = clock.now() + timedelta(seconds=LEASE_S)
        if not execute(sql, {**self._about(), "token": self.token, "until": until, **params}):
            raise LostLeaseError


MOVE = """
    UPDATE sync_pull
       SET reach = coalesce(%(reach)s::timestamptz, reach), cursor = %(cursor)s, cursor_since = %(since)s,
           cursor_reach = %(seen)s, listed = listed + %(listed)s, gained = gained + %(gained)s, leased_until = %(until)s
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s
"""
START_FULL = """
    UPDATE sync_pull SET full_since = %(now)s, full_from = %(begin)s, full_reach = NULL, full_cursor = '',
                         leased_until = %(until)s
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s
"""
MOVE_FULL = """
    UPDATE sync_pull SET full_reach = coalesce(%(reach)s::timestamptz, full_reach), full_cursor = %(cursor)s,
                         listed = listed + %(listed)s, gained = gained + %(gained)s, leased_until = %(until)s
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s
"""
END_FULL = """
    UPDATE sync_pull SET full_since = NULL, full_from = NULL, full_reach = NULL, full_cursor = '',
                         full_done_at = %(now)s, full_due_at = %(due)s, leased_until = %(until)s
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s
"""
# What a whole reading of its time did not show is not there any more: deleted, or merged into another order.
GONE = """
    UPDATE sync_theirs SET gone_at = %(now)s
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND placed_at >= %(since)s AND seen_at < %(before)s
       AND gone_at IS NULL
"""
FINISH = """
    UPDATE sync_pull SET due_at = %(due)s, heard_at = %(now)s, failures = 0, error = %(error)s,
                         error_at = CASE WHEN %(error)s::text <> '' THEN %(now)s::timestamptz END, leased_until = NULL,
                         token = NULL
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s
"""
FAIL = """
    UPDATE sync_pull SET due_at = %(due)s, failures = failures + 1, error = %(error)s, error_at = %(now)s,
                         leased_until = NULL, token = NULL
     WHERE brand_id = %(brand)s AND channel_id = %(channel)s AND token = %(token)s
"""


def take_one(brand_id: UUID, channel_id: UUID, external_id: str) -> tuple[Listed, list[UUID]] | None:
    """Ask the channel for one order and take it; None where it does not know it. Raises as its client does."""
    way = way_to(brand_id, channel_id)
    source = source_of(way)
    try:
        found = source.one(external_id)
    finally:
        source.close()
    if found is None or way.door is None:
        return None
    with in_brand(brand_id):
        entries = take(channel_id, way.door.token, way.address.platform.value, [found], Round.ASKED)
    if entries:
        integration.settle(brand_id, entries)
    return found, entries
