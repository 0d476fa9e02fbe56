"""Paying from the wallet: one payment, what it took from what, and what a till took without network."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, Problem
from datong.wallet.types.vouchers import Basket, Place


class PaymentState(StrEnum):
    HELD = "held"  # put aside, waits for its order
    CAPTURED = "captured"
    RELEASED = "released"  # given back before it was taken, or its time passed


class TakeKind(StrEnum):
    VOUCHER = "voucher"
    COUPON = "coupon"  # a platform's, verified before
    POINTS = "points"
    STORED_VALUE = "stored_value"
    CASH = "cash"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Tender:
    """What else is paid with beside the card: cash in the till, or a provider's payment with its number."""

    kind: TakeKind
    amount_minor: int
    name: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class PointsAsk:
    """Points that are to pay a part. `points` None: as many as there are and the programme lets; `programme` '': the
    first in force."""

    points: int | None = None
    programme: str = ""


@dataclass(frozen=True, slots=True)
class PayAsk:
    """A payment that is asked for. `code`: the member's turning code; `gifts`: codes of gift cards.

    Vouchers pay first, then platforms' `coupons` that were verified, then points, then the purses. `place` and `basket`
    are what the vouchers' rules look at; a basket without a total comes to the amount.
    `key`: the till's own; the same ask again is the same payment. `partial`: take what there is, the rest is
    `due_minor`. `taken_at`: when a till without network took it; it is then booked whatever the balance.
    """

    amount_minor: int
    currency: str
    key: str
    code: str = ""
    gifts: tuple[str, ...] = ()
    tenders: tuple[Tender, ...] = ()
    store_id: UUID | None = None
    partial: bool = False
    taken_at: datetime | None = None
    vouchers: tuple[str, ...] = ()
    points: PointsAsk | None = None
    place: Place = field(default_factory=Place)
    basket: Basket = field(default_factory=Basket)
    coupons: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Take:
    """What was taken from one part of one purse, or from another tender.

    Of points: how many `points`, `name` is the programme. Of a voucher: `name` is its offer, `ref` its id; of a coupon
    its platform and id.
    """

    id: UUID
    kind: TakeKind
    amount_minor: int
    purse_id: UUID | None = None
    part: str = ""
    name: str = ""
    ref: str = ""
    captured_minor: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class WalletPayment:
    """A payment as it stands. `due_minor`: not covered, to be paid otherwise; `short_minor`: taken by a till without
    network and not there when it was settled.
    """

    id: UUID
    state: PaymentState
    amount_minor: int
    currency: str
    customer_id: UUID | None
    due_minor: int
    short_minor: int
    at: datetime
    expires_at: datetime | None
    takes: tuple[Take, ...] = ()

    @property
    def covered_minor(self) -> int:
        return sum(take.amount_minor for take in self.takes)


@dataclass(frozen=True, slots=True)
class Back:
    """A part of what is given back: to the purse it came from, or by hand (cash) or the provider.

    Of points: the `points` that came back into their lots. A voucher is `returned` when all that it paid is back; one
    whose time is over comes back expired.
    """

    kind: TakeKind
    amount_minor: int
    purse_id: UUID | None = None
    part: str = ""
    name: str = ""
    ref: str = ""
    points: int = 0
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Money a till took without network that was not there any more: a person closes it."""

    id: UUID
    payment_id: UUID | None
    order_id: UUID | None
    customer_id: UUID | None
    amount_minor: int
    currency: str
    at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    resolution: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class SoldFromWallet:
    """A sale that has happened and was paid with a payment of the wallet (None: one that nobody knows)."""

    payment_id: UUID | None
    order_id: UUID
    amount_minor: int
    currency: str


class Resolution(StrEnum):
    """What became of a shortfall."""

    COLLECTED = "collected"  # the customer paid it otherwise
    WRITTEN_OFF = "written_off"


class NotEnough(Conflict):
    """The card and the other tenders do not cover the amount; nothing was taken."""

    code = "insufficient_balance"

    def __init__(self, wanted_minor: int, available_minor: int, currency: str) -> None:
        self.wanted_minor, self.available_minor = wanted_minor, available_minor
        fix = f"at most {available_minor}: that is what there is"
        problem = Problem("amount_minor", self.code, fix, wanted_minor)
        super().__init__(f"there is {available_minor} {currency}, not {wanted_minor}", problem)
