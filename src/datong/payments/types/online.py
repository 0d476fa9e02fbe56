"""Paying by a provider (线上支付): what is asked of one, what it says, and the intent (支付单) that keeps both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Provider(StrEnum):
    """Who moves the money."""

    STRIPE = "stripe"
    WECHAT = "wechat"
    ALIPAY = "alipay"


class Scene(StrEnum):
    """How the customer gets to the provider's page."""

    PAGE = "page"  # a computer's browser is sent there
    PHONE = "phone"  # a phone's browser is sent there, the provider's app opens
    QR = "qr"  # a code on the screen that the phone scans
    IN_APP = "in_app"  # within the provider's own app or a mini-program: parameters for its script
    CODE = "code"  # the customer shows a code (付款码) and the till scans it


SCENES: Mapping[Provider, tuple[Scene, ...]] = {
    Provider.STRIPE: (Scene.PAGE, Scene.PHONE),
    Provider.WECHAT: (Scene.QR, Scene.PHONE, Scene.IN_APP),
    Provider.ALIPAY: (Scene.PAGE, Scene.PHONE, Scene.QR),
}
NEEDS: Mapping[Provider, tuple[str, ...]] = {
    Provider.STRIPE: ("secret_key", "webhook_secret"),
    Provider.WECHAT: ("app_id", "mch_id", "serial_no", "private_key", "api_v3_key", "public_key_id", "public_key"),
    Provider.ALIPAY: ("app_id", "private_key", "alipay_public_key"),
}
"""What a provider believes us by, and what we believe it by."""
BASE_URLS: Mapping[Provider, str] = {
    Provider.STRIPE: "https://api.stripe.com",
    Provider.WECHAT: "https://api.mch.weixin.qq.com",
    Provider.ALIPAY: "https://openapi.alipay.com",
}
CURRENCIES: Mapping[Provider, frozenset[str]] = {
    Provider.STRIPE: frozenset(),  # any
    Provider.WECHAT: frozenset({"CNY"}),
    Provider.ALIPAY: frozenset({"CNY"}),
}


def takes_currency(provider: Provider, currency: str) -> bool:
    return not CURRENCIES[provider] or currency in CURRENCIES[provider]


@dataclass(frozen=True, slots=True)
class Merchant:
    """Our account at a provider, with what it needs to be asked; `secrets` by the names in NEEDS."""

    provider: Provider
    base_url: str
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """An account as the console shows it: no secret. `notice`: the last message that was believed; `trouble`: the last
    thing that went wrong, '' when nothing did."""

    provider: Provider
    base_url: str
    active: bool
    changed_at: datetime
    changed_by: str
    notice_at: datetime | None = None
    notice: str = ""
    trouble_at: datetime | None = None
    trouble: str = ""


class IntentState(StrEnum):
    CREATED = "created"  # written down; whether the provider has it is not known
    OPEN = "open"  # the provider has it and waits for the customer
    PAID = "paid"
    CLOSED = "closed"  # nobody can pay it any more
    RETURN_DUE = "return_due"  # paid, and not wanted: another paid the order, or it is another amount
    RETURNED = "returned"


LIVE = (IntentState.CREATED, IntentState.OPEN)


@dataclass(frozen=True, slots=True)
class Handed:
    """How the customer pays: an address to go to, a code to show, or parameters for the provider's script.

    `provider_id`: the provider's own number of what waits to be paid.
    """

    redirect: str = ""
    qr: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Intent:
    """One try to pay an order by a provider. `ref` is our number there; minor units; `said`: the last trouble."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    provider: Provider
    scene: Scene
    state: IntentState
    amount_minor: int
    currency: str
    handed: Handed
    transaction: str
    said: str
    created_at: datetime
    expires_at: datetime
    tries: int = 0

    @property
    def ref(self) -> str:
        return self.id.hex

    @property
    def live(self) -> bool:
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class PayCall:
    """What a provider is asked to let the customer pay. The same `ref` again is the same payment."""

    ref: str
    scene: Scene
    amount_minor: int
    currency: str
    title: str
    return_url: str
    notify_url: str
    expires_at: datetime
    payer: str = ""
    address: str = ""
    code: str = field(default="", repr=False)


class Standing(StrEnum):
    """How a payment stands at the provider."""

    PAID = "paid"
    WAITING = "waiting"
    CLOSED = "closed"
    UNKNOWN = "unknown"  # the provider has nothing under this number


@dataclass(frozen=True, slots=True)
class Facts:
    """What a provider says of one payment; `transaction` is its own number of the money that moved."""

    ref: str
    standing: Standing
    amount_minor: int = 0
    currency: str = ""
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class RefundCall:
    """Money to be sent back. The same `key` again is the same refund; `total_minor` is what was paid."""

    key: str
    ref: str
    provider_id: str
    transaction: str
    amount_minor: int
    total_minor: int
    currency: str
    reason: str
    notify_url: str = ""


@dataclass(frozen=True, slots=True)
class TroubledRefund:
    """Money we owe that the provider did not send; `said` is why, `tries` how often it was asked."""

    id: UUID
    order_id: UUID
    amount_minor: int
    currency: str
    said: str
    tries: int


class RefundStanding(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundFacts:
    key: str
    standing: RefundStanding
    transaction: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message whose signature was believed: of a payment, of a refund, or of something we do not follow."""

    id: str
    about: str
    paid: Facts | None = None
    refunded: RefundFacts | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a provider wants to hear after its message."""

    body: str
    content_type: str = "text/plain"
    status: int = 200
