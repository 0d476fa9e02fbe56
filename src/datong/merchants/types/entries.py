"""What companies come to owe each other, act by act, and what was said about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class EntryKind(StrEnum):
    """What an entry is about; a refund is an entry of the same kind with the amount turned."""

    EARN = "points_earn"  # the company pays for points its stores gave
    BURN = "points_burn"  # the company gets what points pay that its stores took
    BURN_PAID = "points_paid"  # the same where the points paid an order through the wallet
    CARD = "card_spend"  # stored value of the brand was spent at the company
    VOUCHER = "voucher_spend"  # a voucher of the brand paid an order of the company
    TOP_UP = "top_up"  # the company took money that belongs on a card of the brand
    COMMISSION = "commission"
    CARDS_BOUGHT = "cards_bought"  # the brand bought out cards of the company
    CARDS_SOLD = "cards_sold"  # the company's part of its cards that the brand sold
    ADVERT = "advert"  # the company's advert was on show for a day
    POSTED = "posted"  # posted to the pair's account by another part of the books


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a partner's statement: the transfer `id` on the account of the pair, in minor units.

    `owes`: it is on the account of what the company owes `counter_id` (None: the brand); else of what it gets. An
    amount below zero takes an earlier one back. `source_id`: the order, act or top-up it comes from, `seq` counts its
    entries. `run_id`: the settlement it is in. `words`: what it is where another part of the books posted it.
    """

    id: UUID
    source_id: UUID
    seq: int
    kind: EntryKind
    company_id: UUID
    counter_id: UUID | None
    owes: bool
    amount_minor: int
    currency: str
    points: int
    basis_minor: int
    subject_id: UUID
    store_id: UUID | None
    contract_id: UUID | None
    day: date
    at: datetime
    words: str = ""
    run_id: UUID | None = None

    @property
    def net_minor(self) -> int:
        """What the company gets by it; what it pays is below zero."""
        return -self.amount_minor if self.owes else self.amount_minor


class LineState(StrEnum):
    """Where a line of a statement, or an order, stands in settling."""

    OPEN = "open"  # 未结算
    CONTESTED = "contested"  # 有异议
    PROPOSED = "proposed"  # 结算中: in a settlement that waits for its second person
    SETTLED = "settled"  # 已结算
    PAID = "paid"  # 已付款


class DisputeState(StrEnum):
    OPEN = "open"
    UPHELD = "upheld"  # it stands as it is
    CORRECTED = "corrected"  # it was wrong and is taken back


@dataclass(frozen=True, slots=True)
class Dispute:
    """A line that was contested (有异议): by whom and why, and what was answered."""

    id: UUID
    entry_id: UUID
    company_id: UUID
    state: DisputeState
    reason: str
    by: str
    at: datetime
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An entry with where it stands."""

    entry: Entry
    state: LineState
    dispute: Dispute | None = None


@dataclass(frozen=True, slots=True)
class KindSum:
    """What a kind of entries comes to for the company: above zero it gets, below zero it pays."""

    kind: EntryKind
    entries: int
    points: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A company's statement (对账单) with the brand and the other companies over business days.

    `opening_minor` is what stood open before `since`, `settled_minor` what settlements of the period cleared,
    `closing_minor` what is open at the end: opening + net of the lines - settled. Above zero the company gets it.
    `next`: the cursor of the following page of lines.
    """

    company_id: UUID
    currency: str
    since: date
    until: date
    opening_minor: int
    sums: tuple[KindSum, ...]
    settled_minor: int
    closing_minor: int
    lines: Sequence[Line]
    next: UUID | None = None

    @property
    def net_minor(self) -> int:
        return sum(each.net_minor for each in self.sums)


@dataclass(frozen=True, slots=True)
class DealLine:
    """A line of an order for commission: `categories` from its own up to the widest."""

    categories: tuple[str, ...]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Deal:
    """An order as companies settle it. `done`: it is with its customer; `back_minor`: money that went back."""

    order_id: UUID
    store_id: UUID | None
    at: datetime
    currency: str
    total_minor: int
    lines: tuple[DealLine, ...] = ()
    done: bool = False
    back_minor: int = 0
