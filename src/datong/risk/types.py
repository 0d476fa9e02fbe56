"""Nouns of risk (风险管控): facts in, verdict out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Decision(StrEnum):
    APPROVE = "approve"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Facts:
    """What risk may know of an order. `contacts` are normalised phone and e-mail values, for the lists.

    `happened` marks a fact of the world (a completed till sale, an order paid elsewhere): it is never blocked, at
    most marked for review. `customer_id` is the person, `record_id` the one of its records that was seen: a list may
    name either.
    """

    subject_id: UUID
    channel_id: UUID
    amount_minor: int
    currency: str
    units: int
    lines: int
    customer_id: UUID | None = None
    contacts: tuple[str, ...] = ()
    happened: bool = False
    record_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rules` are the codes of the rules that fired, the deciding one first; `shadow` those that would have."""

    subject_id: UUID
    decision: Decision
    rules: tuple[str, ...] = ()
    shadow: tuple[str, ...] = ()


class LimitKind(StrEnum):
    """What a limit looks at; the window counts for the last two."""

    ORDER_AMOUNT = "order_amount"  # one order's amount, minor units
    ORDER_UNITS = "order_units"  # one order's units
    ORDERS_IN_WINDOW = "orders_in_window"  # orders of one customer or contact, this one included
    AMOUNT_IN_WINDOW = "amount_in_window"  # their amount, this one included


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit fires above `at_most`. Amounts count in `currency` only; `channels` empty: all.

    A `shadow` limit is written down but decides nothing, so that it can be watched before it goes live.
    """

    code: str
    kind: LimitKind
    at_most: int
    decision: Decision
    currency: str = ""
    window_s: int = 0
    channels: frozenset[UUID] = frozenset()
    shadow: bool = False
    active: bool = True


class ListKind(StrEnum):
    BLOCK = "block"
    REVIEW = "review"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A customer (its id) or contact (phone, e-mail) on a list, with the reason and who put it there."""

    list: ListKind
    value: str
    reason: str
    by: str
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What a key (customer or contact) did in a limit's window before this batch."""

    orders: int = 0
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as it was written down, and when."""

    verdict: Verdict
    at: datetime
