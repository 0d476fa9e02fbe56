"""Stored value (储值): purses, gift cards, top-ups, and what the place and the brand allow."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem
from datong.wallet.types.packets import PacketLimits


class PurseKind(StrEnum):
    PREPAID = "prepaid"  # 记名储值: a customer's own
    GIFT = "gift"  # 礼品卡: whoever has the code
    PARTNER = "partner"  # a partner brand's discounted card (S-126), spent here


class PurseState(StrEnum):
    ACTIVE = "active"
    FROZEN = "frozen"  # 冻结
    REPLACED = "replaced"  # another purse has its money
    EXPIRED = "expired"


class Part(StrEnum):
    PRINCIPAL = "principal"  # 本金: what was paid for; only this is paid back
    BONUS = "bonus"  # 赠送金


class SpendOrder(StrEnum):
    PRINCIPAL_FIRST = "principal_first"
    BONUS_FIRST = "bonus_first"
    PRO_RATA = "pro_rata"


@dataclass(frozen=True, slots=True)
class BonusRule:
    """What is given on top of a top-up (充值赠送): `bonus_minor`, or `percent` of it, at most `max_minor`.

    For top-ups of `from_minor` or more, from `starts_at` until `ends_at`; `stores` and `channels` are codes, empty any.
    """

    code: str
    from_minor: int
    bonus_minor: int = 0
    percent: int = 0
    max_minor: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    stores: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for stored value in a currency: limits of the place (None: none), bonus rules, order of spending.

    `bonus`: of those that hold the one that gives most counts. `needs_licence`: a card that several
    brands accept needs a licensed issuer. `anonymous_months`: how long a gift card is good at least.
    """

    place: str = ""
    named_max_minor: int | None = None
    anonymous_max_minor: int | None = None
    anonymous_months: int = 0
    named_expires: bool = True
    needs_licence: bool = False
    bonus: tuple[BonusRule, ...] = ()
    order: SpendOrder = SpendOrder.PRINCIPAL_FIRST
    offline_limit_minor: int = 0
    hold_minutes: int = 15
    packets: PacketLimits = field(default_factory=PacketLimits)


@dataclass(frozen=True, slots=True)
class Purse:
    """A purse as it stands; amounts in minor units. `customer_id` None: whoever has the code (`code_end`: its end)."""

    id: UUID
    kind: PurseKind
    customer_id: UUID | None
    currency: str
    state: PurseState
    opened_at: datetime
    expires_at: datetime | None
    code_end: str
    issuer: str
    licence: str
    batch: str
    reason: str
    replaced_by: UUID | None
    principal_minor: int = 0
    bonus_minor: int = 0
    held_minor: int = 0

    @property
    def available_minor(self) -> int:
        return self.principal_minor + self.bonus_minor - self.held_minor


@dataclass(frozen=True, slots=True)
class TopUp:
    """Money put on a purse, where it came from (`method`: cash, wechat, alipay, card...; `ref` of the provider)."""

    id: UUID
    purse_id: UUID
    principal_minor: int
    bonus_minor: int
    method: str
    ref: str
    at: datetime
    by: str
    back_minor: int = 0


@dataclass(frozen=True, slots=True)
class PaidBack:
    """A part of a refund of principal, to where it came from."""

    top_up_id: UUID
    method: str
    ref: str
    amount_minor: int
    bonus_minor: int


@dataclass(frozen=True, slots=True)
class GiftCard:
    """A gift card just made: its code is told this once."""

    purse_id: UUID
    code: str
    amount_minor: int
    currency: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Liability:
    """What is owed on purses of a kind and currency."""

    kind: PurseKind
    currency: str
    purses: int
    principal_minor: int
    bonus_minor: int
    held_minor: int


class GiftUnknown(NotFound):
    code = "gift_unknown"


class PurseRefused(Conflict):
    """The purse is known and not taken, or may not be changed like this; `problems` name why."""

    code = "purse_refused"


REFUSALS = {
    "purse_frozen": "This card is frozen.",
    "purse_replaced": "This card was replaced by another one.",
    "purse_expired": "This card has expired.",
    "gift_other_brand": "This card is another brand's.",
    "purse_held": "A payment holds money of this card. Wait until it is taken or given back.",
    "limit": "The place allows no more on one card.",
    "unlicensed": "A card of another brand needs a licensed issuer in this place.",
    "no_named": "Only a card without a name has a code.",
}


def refused(why: str, *, field: str = "code", shown: object = "") -> PurseRefused:
    return PurseRefused(REFUSALS[why], Problem(field, why, REFUSALS[why], str(shown)[:80]))


@dataclass(frozen=True, slots=True)
class Opening:
    """How a purse is opened; `expires_at` None: it does not expire."""

    kind: PurseKind
    currency: str
    customer_id: UUID | None = None
    expires_at: datetime | None = None
    issuer: str = ""
    licence: str = ""
    batch: str = ""
    dimensions: dict[str, str] = field(default_factory=dict)
