"""Nouns of pulling (补拉): a channel's own list of orders, how far it was read, what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from datong.integration.types import Listed, ListedPage


class Round(StrEnum):
    """Why the list is read."""

    RECENT = "recent"  # every few minutes: what changed since the last time, with an overlap
    FULL = "full"  # by the hour: everything since the horizon
    ASKED = "asked"  # a person wants this one now


class Change(StrEnum):
    """What the list tells that we do not know yet."""

    NEW = "new"  # an order we do not have: its message was lost, or is late
    PAID = "paid"  # paid there, unpaid here
    CANCELLED = "cancelled"  # called off there, alive here


@dataclass(frozen=True, slots=True)
class Known:
    """What was remembered of an order of the channel's list: the hash of its payload, what was handed to the inbox."""

    external_id: str
    sha: bytes
    handed: str = ""
    handed_sha: bytes = b""


@dataclass(frozen=True, slots=True)
class Pace:
    """How a channel is read. `pages` at most in a run; the next run goes on where this one stopped.

    `overlap_s`: how far behind the newest change seen a reading starts again, for clocks that are wrong and changes
    that become visible late. `horizon_days`: how far back the full reading goes.
    """

    every_s: int = 180
    full_every_s: int = 3600
    overlap_s: int = 600
    horizon_days: int = 3
    pages: int = 20


@dataclass(frozen=True, slots=True)
class PullState:
    """How a channel's list is read: what the page shows.

    `reach` is the newest change read (their clock). `lag_s`: how long ago the list was last read to its end, None when
    never. `gained` counts orders that only the list has told us about.
    """

    channel_id: UUID
    platform: str
    reach: datetime | None
    heard_at: datetime | None
    due_at: datetime | None
    full_done_at: datetime | None
    failures: int
    error: str
    error_at: datetime | None
    listed: int
    gained: int
    paused: bool = False

    def lag_s(self, now: datetime) -> int | None:
        return None if self.heard_at is None else max(0, int((now - self.heard_at).total_seconds()))


@dataclass(frozen=True, slots=True)
class Pulling:
    """What one run did. `problem` is why it stopped early, '' when it came to the end."""

    channel_id: UUID
    pages: int = 0
    listed: int = 0
    handed: int = 0
    done: bool = False
    problem: str = ""


class OrderSource(Protocol):
    """A platform's list of orders. It is made for one run and closed."""

    def page(self, since: datetime, until: datetime, cursor: str) -> ListedPage:
        """Orders changed since `since`, oldest first where `ordered`. Raises Unavailable, NotAllowed, BadInput."""
        ...

    def one(self, external_id: str) -> Listed | None:
        """One order by its number; None where the platform does not know it."""
        ...

    @property
    def ordered(self) -> bool:
        """Pages come by time of change: what was read so far is a safe place to go on from."""
        ...

    def close(self) -> None: ...
