"""Nouns of points (积分): programmes with their earning rules, lots, acts. Whole numbers of the unit PTS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, Problem

POINTS = "PTS"


@dataclass(frozen=True, slots=True)
class Programme:
    """One kind of points of a brand (积分计划) and what they are worth.

    `burn_points` points pay `burn_minor` when they are spent; `fair_points` points are carried in the books at
    `fair_minor`, minor units of the brand's currency. Points of an order wait (`pending`) until the order is complete
    and `pending_days` are over, then they live for `life_days` (None: for ever). Points given back after they expired
    live for another `grace_days`. A purse may owe at most `max_owed` points (None: any number). A payment takes
    `pay_least` to `pay_most` points (None: any number), and they pay at most `pay_percent` of it.
    """

    id: UUID
    code: str
    name: str
    burn_points: int = 100
    burn_minor: int = 100
    fair_points: int = 100
    fair_minor: int = 80
    pending_days: int = 0
    life_days: int | None = 365
    grace_days: int = 30
    max_owed: int | None = None
    active: bool = True
    names: Mapping[str, str] = field(default_factory=dict)
    pay_least: int = 1
    pay_most: int | None = None
    pay_percent: int = 100


class RuleKind(StrEnum):
    """What an earning rule gives."""

    MONEY = "money"  # `points` for each `per_minor` spent; of several the highest holds, line by line
    TIMES = "times"  # what money rules give is multiplied by `percent`; of several the highest holds
    ORDER = "order"  # `points` once for an order
    EVENT = "event"  # `points` once for each named event: a sign-up, a review, a birthday


@dataclass(frozen=True, slots=True)
class EarningRule:
    """How points are earned (积分规则): data, with dates. An empty set means any.

    `tiers` are tier codes; `skus` and `categories` narrow the lines (a category has those below it in it);
    `channels` and `stores` are codes; `min_minor` is the least total of an order; `campaign` is a word for reports.
    """

    code: str
    kind: RuleKind
    points: int = 1
    per_minor: int = 100
    percent: int = 100
    event: str = ""
    skus: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    stores: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    min_minor: int = 0
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    campaign: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line of a sale as points see it: `categories` are the item's and those above it; `amount_minor` what it cost
    after discounts."""

    line_no: int
    sku: str
    amount_minor: int
    categories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sale:
    """An order as points see it. `customer_id` is the record the order belongs to; `store` '' when there is none.

    `total_minor` is all that is paid, delivery too: it counts toward a tier, and refunds are shares of it. None: what
    the lines come to.
    """

    order_id: UUID
    customer_id: UUID
    at: datetime
    lines: tuple[SaleLine, ...]
    channel: str = ""
    store: str = ""
    done: bool = False  # with its customer already: a till sale
    total_minor: int | None = None

    @property
    def amount_minor(self) -> int:
        return sum(line.amount_minor for line in self.lines)

    @property
    def paid_minor(self) -> int:
        return self.amount_minor if self.total_minor is None else self.total_minor


@dataclass(frozen=True, slots=True)
class Earning:
    """What a sale or an event earns: `by_line` sums to `points` less what is given for the order as a whole."""

    points: int
    by_line: Mapping[int, int] = field(default_factory=dict)
    rules: tuple[str, ...] = ()


class Bucket(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    OWED = "owed"


@dataclass(frozen=True, slots=True)
class Lot:
    """Points that were earned together and expire together (批次). `left` of `points` are still there.

    `pending`: not to be spent yet, from `starts_at` on (None: not known). `value_minor` is the fair value of all of
    `points` when they were earned. `subject_id` is the order, if there is one.
    """

    id: UUID
    purse_id: UUID
    points: int
    left: int
    value_minor: int
    source: str
    earned_at: datetime
    pending: bool = False
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """What an act did to a lot (or, with no lot, to what a purse owes): points and their fair value, signed."""

    purse_id: UUID
    lot_id: UUID | None
    bucket: Bucket
    points: int
    value_minor: int = 0


class ActKind(StrEnum):
    EARN = "earn"
    ACTIVATE = "activate"
    BURN = "burn"
    GIVE_BACK = "give_back"  # spent points come back, into the lots they came from
    TAKE_BACK = "take_back"  # earned points go, because the money went back
    EXPIRE = "expire"
    ADJUST = "adjust"  # a person's decision, or an opening balance


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happened to somebody's points: once for its `key`.

    `points` is the change of what the customer has or will have (active, waiting, less owed). `spend_minor` counts
    toward a tier; `basis_minor` is the money it is about: a sale's, a refund's, what a burn pays. `detail`: facts for
    people and machines, flat. `store_id`: where it happened, when it is no order that says so.
    """

    id: UUID
    kind: ActKind
    key: str
    customer_id: UUID
    points: int
    at: datetime
    by: str
    subject_id: UUID | None = None
    spend_minor: int = 0
    basis_minor: int = 0
    source: str = ""
    reason: str = ""
    detail: Mapping[str, object] = field(default_factory=dict)
    repeat: bool = False
    store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Expiring:
    at: datetime
    points: int


@dataclass(frozen=True, slots=True)
class PointsBalance:
    """What a person has in one programme, over all records of theirs. `spendable` = active - owed, never below zero.

    `worth_minor` is what the spendable points pay. `expiring`: what goes next, the first first, three at most.
    """

    programme: str
    active: int
    pending: int
    owed: int
    worth_minor: int
    expiring: tuple[Expiring, ...] = ()

    @property
    def spendable(self) -> int:
        return max(self.active - self.owed, 0)

    @property
    def balance(self) -> int:
        return self.active - self.owed


@dataclass(frozen=True, slots=True)
class PointsDifference:
    """Something `check_points` found. `what`: 'lots' (lots differ from their moves), 'ledger' (lots differ from the
    ledger), 'owed', 'debt_beside_points', 'value' (the books carry another value than the lots have)."""

    what: str
    purse_id: UUID | None
    expected: int
    found: int


class NotEnoughPoints(Conflict):
    """More is wanted than the person has to spend; `available` is what there is."""

    code = "insufficient_points"

    def __init__(self, wanted: int, available: int) -> None:
        fix = f"at most {available} points"
        super().__init__(
            f"{wanted} points are wanted and {available} are there", Problem("points", "insufficient", fix, wanted)
        )
        self.available = available
