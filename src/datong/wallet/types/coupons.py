"""Coupons that a platform sold (平台团购券): what its issuer says of one, what was verified (验券), what it pays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem


class Platform(StrEnum):
    """Who sold the coupon and owes us for it."""

    MEITUAN = "meituan"
    DOUYIN = "douyin"


CANCEL_WITHIN = {Platform.MEITUAN: timedelta(minutes=10), Platform.DOUYIN: timedelta(hours=1)}
"""How long a verification can be taken back: what the platforms' papers say."""
NEEDS = {
    Platform.MEITUAN: ("developer_id", "sign_key"),
    Platform.DOUYIN: ("client_key", "client_secret"),
}
"""What a platform believes us by. A store's own mark there: Meituan's appAuthToken, Douyin's poi_id."""
BASE_URLS = {Platform.MEITUAN: "https://api-open-cater.meituan.com", Platform.DOUYIN: "https://open.douyin.com"}


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a platform is asked: its address, our credentials, the store's own mark there."""

    platform: Platform
    base_url: str
    secrets: Mapping[str, str]
    shop: str
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Certificate:
    """One use of what a platform sold (券), as it tells it; minor units.

    `ref` names it until it is verified, `certificate_id` and `verify_id` after. `face_minor` is the market price,
    `price_minor` what it was sold for: the customer paid `paid_minor` of it, the platform gave `platform_minor`, and
    `merchant_minor` is given by us. `kind` is the platform's own word for the sort of coupon.
    """

    ref: str
    deal_id: str
    title: str
    face_minor: int
    price_minor: int
    paid_minor: int
    platform_minor: int = 0
    merchant_minor: int = 0
    expires_at: datetime | None = None
    kind: str = ""
    order_ref: str = ""
    certificate_id: str = ""
    verify_id: str = ""
    code: str = ""

    @property
    def owed_minor(self) -> int:
        """What the platform owes us before its commission."""
        return max(0, self.price_minor - self.merchant_minor)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a code is good for: `certificates` can be verified now, `token` goes with their verification."""

    certificates: tuple[Certificate, ...]
    token: str = ""


@dataclass(frozen=True, slots=True)
class VerifyAsk:
    """A verification as it is sent, and sent again: `id` is the same at every try and the platform keeps it."""

    id: UUID
    shown: str
    certificates: tuple[Certificate, ...]
    token: str
    by: str
    at: datetime


class AskState(StrEnum):
    ASKING = "asking"  # sent; what came of it is not known
    DONE = "done"
    REFUSED = "refused"
    NOTHING = "nothing"  # asked again: the platform knows nothing of it


class CouponState(StrEnum):
    VERIFIED = "verified"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Deal:
    """A platform's deal (团单) and the product of ours it is; `sku` '' while nobody said. `value_minor`: what one takes
    off an order, None: the market price the platform tells."""

    platform: Platform
    deal_id: str
    title: str
    sku: str = ""
    value_minor: int | None = None
    seen_at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """A use of a code that can be verified, with the product of ours."""

    certificate: Certificate
    deal: Deal

    @property
    def value_minor(self) -> int:
        """What it takes off an order."""
        said = self.deal.value_minor
        worth = self.certificate.face_minor if said is None else said
        return worth or self.certificate.price_minor


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon that was verified. `value_minor` is what it pays of an order, `owed_minor` what the platform owes us.

    `payment_id`: the wallet's payment that took it; `alone`: it was for nothing else, and is income already.
    `rest_minor`: what that payment put aside of it and no order took, income since `rest_at`; None until it is told.
    """

    id: UUID
    platform: Platform
    certificate_id: str
    code_end: str
    deal_id: str
    title: str
    sku: str
    currency: str
    face_minor: int
    price_minor: int
    paid_minor: int
    platform_minor: int
    merchant_minor: int
    value_minor: int
    owed_minor: int
    store_id: UUID
    state: CouponState
    at: datetime
    by: str
    cancel_until: datetime
    alone: bool = False
    payment_id: UUID | None = None
    cancelled_at: datetime | None = None
    cancelled_by: str = ""
    reason: str = ""
    rest_minor: int | None = None
    rest_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """A platform we verify at: no credential is told. `shops`: stores that have their mark there."""

    platform: Platform
    base_url: str
    active: bool
    shops: tuple[UUID, ...]
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True, slots=True)
class CouponTotals:
    """A store's coupons of a platform on a day, those that stand."""

    platform: Platform
    store_id: UUID
    count: int
    value_minor: int
    owed_minor: int
    cancelled: int
    currency: str


SAYS = {
    "unknown": "The platform does not know this code.",
    "used": "This coupon was verified already.",
    "expired": "This coupon has expired.",
    "refunded": "The customer got the money for this coupon back.",
    "other_store": "This coupon is not for this store.",
    "too_few": "The code does not hold that many uses.",
    "unmapped_deal": "Nobody has said yet which product this deal is.",
    "not_connected": "This platform is not connected for this store.",
    "too_late": "The platform takes a verification back for a short time only, and it is over.",
    "taken": "A payment took this coupon: give that back first.",
    "cancelled": "This coupon was taken back.",
    "platform_refused": "The platform refuses it.",
}


class CouponRefused(Conflict):
    """The platform, or we, will not verify it or take it back; `problems` say why and what to do."""

    code = "coupon_refused"

    def __init__(self, why: str, fix: str, *, field: str = "code", value: object = None) -> None:
        super().__init__(SAYS.get(why, SAYS["platform_refused"]), Problem(field, why, fix, value))
        self.why, self.fix = why, fix


class CouponUnknown(NotFound):
    code = "no_such_coupon"


class NotConnected(NotFound):
    """The platform is not asked from this store: it, or the store's mark there, is missing."""

    code = "platform_not_connected"

    def __init__(self, store: str) -> None:
        fix = "connect the platform, with this store's mark there"
        super().__init__(SAYS["not_connected"], Problem("store", "not_connected", fix, store))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which verified coupons are looked for."""

    platform: Platform | None = None
    store_ids: tuple[UUID, ...] | None = None
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
