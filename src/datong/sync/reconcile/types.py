"""Nouns of reconciliation (对账): a channel's day (日对账单), a difference (差异), a declared total (日结)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class DifferenceKind(StrEnum):
    MISSING_HERE = "missing_here"  # they have it, we never took it
    MISSING_THERE = "missing_there"  # we have it, their list does not
    AMOUNT_DIFFERS = "amount_differs"
    CANCELLED_HERE = "cancelled_here"  # called off here, alive there
    CANCELLED_THERE = "cancelled_there"
    PAID_LATER = "paid_later"  # not an order there before it is paid; we count it
    OTHER_DAY = "other_day"  # on this day on one side, on a neighbouring one on the other
    TOTAL_DIFFERS = "total_differs"  # only totals are known: nothing says which order it is


class DifferenceState(StrEnum):
    OPEN = "open"
    ASKED = "asked"  # somebody was asked about it
    ACCEPTED = "accepted"  # with a reason
    GONE = "gone"  # it was there once, and is no more


class Verdict(StrEnum):
    """A day in a word."""

    AGREES = "agrees"
    EXPLAINED = "explained"  # every difference was accepted with a reason
    DIFFERS = "differs"
    UNREAD = "unread"  # their list was not read to its end since the day was over
    UNKNOWN = "unknown"  # they have told nothing about this day


@dataclass(frozen=True, slots=True)
class Side:
    """An order as one side has it. `counts` False: this side does not count it as an order of its day."""

    external_id: str
    placed_at: datetime
    amount_minor: int
    cancelled: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs about one order; `delta_count` and `delta_minor` are theirs minus ours, and all of a day add up to
    the difference of its totals."""

    kind: DifferenceKind
    external_id: str
    their_minor: int | None
    our_minor: int | None
    delta_count: int
    delta_minor: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A difference as it is kept, with what became of it. `number`: our order, `inbox_id`: the entry it came by."""

    id: UUID
    channel_id: UUID
    day: date
    difference: Difference
    state: DifferenceState
    number: str = ""
    inbox_id: UUID | None = None
    by: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A channel's day. Theirs are None where they have told nothing; `declared`: theirs are totals somebody uploaded.

    `open` differences wait for a hand. `read_at`: when their list was last read to its end.
    """

    channel_id: UUID
    day: date
    begins_at: datetime
    ends_at: datetime
    currency: str
    their_count: int | None
    their_minor: int | None
    our_count: int
    our_minor: int
    declared: bool
    differences: int
    open: int
    read_at: datetime | None
    made_at: datetime

    @property
    def verdict(self) -> Verdict:
        if self.their_count is None:
            return Verdict.UNKNOWN
        if self.open:
            return Verdict.DIFFERS
        if not self.declared and (self.read_at is None or self.read_at < self.ends_at):
            return Verdict.UNREAD
        return Verdict.EXPLAINED if self.differences else Verdict.AGREES

    @property
    def delta_minor(self) -> int:
        return (self.their_minor or 0) - self.our_minor

    @property
    def delta_count(self) -> int:
        return (self.their_count or 0) - self.our_count


@dataclass(frozen=True, slots=True)
class Total:
    """What a till, or a file, says its day was."""

    channel_id: UUID
    day: date
    orders: int
    amount_minor: int
    currency: str
