"""Nouns of vouchers (券): an offer says what one is good for, a voucher is the right, redeemed (核销) once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem

VOUCHER = "VCH"


class Good(StrEnum):
    """What a voucher is good for."""

    MONEY = "money"  # `amount_minor` off
    PERCENT = "percent"  # `percent` off, at most `max_minor`
    ITEM = "item"  # one of `sku`, worth `amount_minor`


@dataclass(frozen=True, slots=True)
class Offer:
    """What vouchers of one kind are good for, where and when (券模板).

    Valid from `starts_at` until `ends_at`, and at most `valid_days` from when it was issued (None: no such limit).
    `stores` and `channels` are codes, empty any. `condition` is CEL over the basket, store, channel and time.
    `price_minor` is what a customer pays for one (团购券, 代金券); 0 for those that are given away.
    """

    id: UUID
    code: str
    name: str
    good: Good
    amount_minor: int = 0
    percent: int = 0
    max_minor: int | None = None
    sku: str = ""
    min_minor: int = 0
    condition: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    valid_days: int | None = None
    stores: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    price_minor: int = 0
    active: bool = True
    names: Mapping[str, str] = field(default_factory=dict)


class VoucherState(StrEnum):
    ACTIVE = "active"
    REDEEMED = "redeemed"
    EXPIRED = "expired"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Voucher:
    """A right to what its offer says. `code` opens it and says nothing about anybody; `price_minor` was paid for it."""

    id: UUID
    offer_id: UUID
    code: str
    state: VoucherState
    issued_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None
    customer_id: UUID | None = None
    batch_id: UUID | None = None
    price_minor: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Vouchers made together (批次): `made` of `wanted` so far, and what became of them."""

    id: UUID
    offer_id: UUID
    name: str
    wanted: int
    made: int
    redeemed: int
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Basket:
    """What a voucher is shown for; None and empty where the door does not say."""

    total_minor: int | None = None
    units: int = 1
    skus: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a voucher is shown: codes, '' where there is none."""

    store: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Redemption:
    """That a voucher was redeemed, where, when, by whom, for how much; undone when `reversed_at` is set."""

    id: UUID
    voucher_id: UUID
    at: datetime
    by: str
    store: str
    channel: str
    value_minor: int
    subject_id: UUID | None = None
    reversed_at: datetime | None = None
    reversed_by: str = ""
    reason: str = ""
    repeat: bool = False


class Why(StrEnum):
    """Why a voucher is refused; each is said in its own words."""

    UNKNOWN = "unknown"
    MISTYPED = "mistyped"
    OTHER_BRAND = "other_brand"
    USED = "used"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    VOID = "void"
    OTHER_STORE = "other_store"
    OTHER_CHANNEL = "other_channel"
    TOO_LITTLE = "too_little"
    CONDITION = "condition"


class NoSuchVoucher(NotFound):
    """The code opens nothing here: unknown, mistyped or of another brand."""

    code = "no_such_voucher"

    def __init__(self, why: Why, fix: str, shown: str) -> None:
        super().__init__(fix, Problem("code", why.value, fix, shown))
        self.why = why


class VoucherRefused(Conflict):
    """The voucher is known and cannot be redeemed now and here."""

    code = "voucher_refused"

    def __init__(self, why: Why, fix: str, value: object = None) -> None:
        super().__init__(fix, Problem("code", why.value, fix, value))
        self.why = why
