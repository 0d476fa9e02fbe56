"""Nouns of the back office's books: what was earned on each line sold, and a store's business day (日结)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from datong.ledger.types import Line


class Position(StrEnum):
    """What may be asked of what stands where."""

    RECEIVABLES = "receivables"
    CASH = "cash"
    LIABILITIES = "liabilities"
    RIGHTS = "rights"
    CLEARING = "clearing"


POSITIONS: Mapping[Position, frozenset[Line]] = {
    Position.RECEIVABLES: frozenset({Line.RECEIVABLES}),
    Position.CASH: frozenset({Line.CASH}),
    Position.LIABILITIES: frozenset({Line.CONTRACTS, Line.PAYABLES, Line.TAXES, Line.DEPOSITS}),
    Position.RIGHTS: frozenset({Line.RIGHTS}),
    Position.CLEARING: frozenset({Line.CLEARING}),
}
"""The lines of the chart each is made of."""

KIND_OF_DAY = "store.day"
"""The kind of request by which two people open a store's day again."""


@dataclass(frozen=True, slots=True)
class Margin:
    """What was sold under one value of a dimension, and what it cost us where the cost was known (S-207).

    `revenue_minor` is without tax, as the ledger has it; `known_minor` the part of it whose cost is known.
    """

    value: str
    currency: str
    units: int
    revenue_minor: int
    known_minor: int
    cost_minor: int

    @property
    def margin_minor(self) -> int:
        """Sale price less cost, of what has a known cost."""
        return self.known_minor - self.cost_minor


class DayState(StrEnum):
    """How far a store's business day is."""

    OPEN = "open"
    COUNTED = "counted"  # the cash was counted
    CLOSED = "closed"  # difference and deposit are posted, the day takes nothing more
    LOCKED = "locked"  # every provider's figure of the day was matched


@dataclass(frozen=True, slots=True)
class Matched:
    """What a provider or platform said its day was, beside ours; a difference has a reason."""

    account: str
    ours_minor: int
    theirs_minor: int | None
    by: str = ""
    reason: str = ""

    @property
    def difference_minor(self) -> int:
        return (self.theirs_minor or 0) - self.ours_minor


@dataclass(frozen=True, slots=True)
class Day:
    """A store's business day. Amounts are minor units of the brand's currency.

    `expected_minor`: what the books say is in the store, all days up to this one; `pieces`: face value in minor units
    -> how many were counted. What is not deposited stays for the next day.
    """

    store_id: UUID
    day: date
    state: DayState
    currency: str
    expected_minor: int
    counted_minor: int = 0
    deposit_minor: int = 0
    pieces: Mapping[int, int] = field(default_factory=dict)
    note: str = ""
    counted_by: str = ""
    counted_at: datetime | None = None
    closed_by: str = ""
    closed_at: datetime | None = None
    locked_by: str = ""
    locked_at: datetime | None = None

    @property
    def difference_minor(self) -> int:
        """Counted less expected: below zero money is missing."""
        return self.counted_minor - self.expected_minor


Cell = str | int | float | bool | None
"""A cell of a file as it was read."""


class Verdict(StrEnum):
    """What came of laying a line of a statement beside the books."""

    MATCHED = "matched"
    DIFFERS = "differs"  # both have it, at different amounts
    NOT_OURS = "not_ours"  # they have it, our books of these days do not
    NOT_THEIRS = "not_theirs"  # our books have it, their statement does not


class Fix(StrEnum):
    """What is suggested for a line that does not match."""

    NONE = ""
    OTHER_DAY = "other_day"  # our books have it on a day outside of the statement
    NET_OF_FEE = "net_of_fee"  # the difference is their fee
    TAKE_ORDER = "take_order"  # an order we do not have: look in the inbox
    WAIT = "wait"  # they settle it later: the next statement
    LOOK = "look"  # somebody must look at the order


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a provider's statement: what they took and gave back for an order, and their fee. Minor units."""

    line: int
    ref: str
    order_ref: str
    paid_minor: int
    refunded_minor: int
    fee_minor: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """An order on both sides. `theirs_minor` and `ours_minor` are payments less refunds; None where a side has none."""

    id: UUID
    verdict: Verdict
    fix: Fix
    ref: str
    theirs_minor: int | None
    ours_minor: int | None
    fee_minor: int
    order_id: UUID | None
    settled_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A provider's or marketplace's statement of some days, laid beside the ledger's account."""

    id: UUID
    account: str
    since: date
    until: date
    file: str
    shape: str
    currency: str
    theirs_minor: int
    ours_minor: int
    fee_minor: int
    counts: Mapping[str, int]
    open: int
    fee_posted: bool
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Royalty:
    """What a company pays the brand of its net sales (特许权使用费) from a day on.

    `rate_bp`: hundredths of a percent.
    """

    company_id: UUID
    valid_from: date
    rate_bp: int
    by: str = ""

    @property
    def percent(self) -> str:
        return f"{self.rate_bp // 100}.{self.rate_bp % 100:02}".rstrip("0").rstrip(".")


@dataclass(frozen=True, slots=True)
class CompanyBooks:
    """A company in one currency, in a period: `id` None is the brand itself. Minor units.

    `open_minor`: what happened between it and others and is not entered yet on the account of a pair; above zero it is
    owed to the company.
    """

    id: UUID | None
    name: str
    currency: str
    net_sales_minor: int
    profit_minor: int
    rate_bp: int | None
    open_minor: int


@dataclass(frozen=True, slots=True)
class PairBooks:
    """What one company owes another in both companies' books: together they come to nothing (合并抵销)."""

    owes: UUID | None
    owed: UUID | None
    currency: str
    payable_minor: int
    receivable_minor: int

    @property
    def difference_minor(self) -> int:
        """What is left when both are eliminated: zero."""
        return self.receivable_minor - self.payable_minor


class DrawerKind(StrEnum):
    """Why cash came into a till's drawer or left it."""

    SALE = "sale"
    REFUND = "refund"
    PAID_IN = "paid_in"  # change from the bank
    PAID_OUT = "paid_out"  # spent from the drawer
    DROP = "drop"  # to the safe: it stays in the store


@dataclass(frozen=True, slots=True)
class Till:
    """A till as the books know it: the device, its store, and the code of the channel it sells by."""

    id: UUID
    name: str
    store_id: UUID
    channel: str


@dataclass(frozen=True, slots=True)
class DrawerMove:
    """Cash of a shift, signed minor units: what came in is above zero. `subject_id`: the sale or refund."""

    id: UUID
    shift_id: UUID
    kind: DrawerKind
    amount_minor: int
    at: datetime
    by: str
    reason: str = ""
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """A person's time at a till (班次), from the float (备用金) to the count.

    Messages of a till may come in any order, so a shift may be known by its end only: `opened_at` is None then, and
    nothing is posted before the beginning has come. `posted_minor`: the difference that stands in the ledger.
    """

    id: UUID
    till_id: UUID
    till: str
    store_id: UUID
    channel: str
    currency: str
    float_minor: int
    moved_minor: int
    opened_at: datetime | None
    opened_by: str
    closed_at: datetime | None
    closed_by: str
    counted_minor: int | None
    posted_minor: int
    pieces: Mapping[int, int] = field(default_factory=dict)
    note: str = ""

    @property
    def expected_minor(self) -> int:
        """What the drawer should hold."""
        return self.float_minor + self.moved_minor

    @property
    def difference_minor(self) -> int:
        """Counted less expected: below zero money is missing; 0 until it was counted."""
        return 0 if self.counted_minor is None else self.counted_minor - self.expected_minor
