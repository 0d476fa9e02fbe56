"""Nouns of sync (双向同步): what a connected channel is told, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from datong.kernel.errors import BadInput, NotFound


class Platform(StrEnum):
    """Who is at the other end; the names are those of integration's connectors."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    MARKETPLACE = "marketplace"  # explained by a mapping: Meituan, JD and the like
    WECHAT_SHOP = "wechat_shop"


class Kind(StrEnum):
    """What a message is about. STOCK, PRICE and TEXT are states of a product: only the newest counts. The others are
    steps of an order: each is said once, in their order."""

    STOCK = "stock"
    PRICE = "price"
    TEXT = "text"  # title and description, where they are declared to be ours
    ACCEPTED = "accepted"
    READY = "ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


STATES = frozenset({Kind.STOCK, Kind.PRICE, Kind.TEXT})
STEPS = frozenset(Kind) - STATES


class StockMode(StrEnum):
    SUM = "sum"  # one figure a product: the free units of all its stores
    LOCATION = "location"  # one figure a product and place of theirs


class Outcome(StrEnum):
    DONE = "done"
    LATER = "later"  # they were busy, or away: nothing is known to be wrong with the message
    REFUSED = "refused"  # it will not become right by being sent again


class NotConnected(NotFound):
    """The channel has no way out."""


class UnknownMessage(NotFound):
    """No message of this channel has this id."""


class NotMapped(BadInput):
    """A product of ours has no counterpart at the channel, or the counterpart is another product now."""

    code = "not_mapped"


@dataclass(frozen=True, slots=True)
class Ref:
    """A product at the channel: their ids, as text. `stock_ref` is Shopify's inventory item; '' where there is none."""

    product: str
    variant: str = ""
    stock: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A product as the channel shows it. `sku` is what the merchant typed there; `units` None: not counted there;
    `by_place`: units by their location id, where they keep places apart. `title` is the variant's, `name` the
    product's ('' where it is the same); `description` is plain text, None where it is not told."""

    ref: Ref
    sku: str
    title: str = ""
    price_minor: int | None = None
    units: int | None = None
    by_place: Mapping[str, int] = field(default_factory=dict)
    updated_at: datetime | None = None
    name: str = ""
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell a channel. `key` is the same at every try of the same content: their idempotency key.

    STOCK: `units` (>= 0), `place` their location id or '', `sold_out`. PRICE: `amount_minor`, `currency`. TEXT: `facts`
    {title, description}, plain text, those of them that are ours to say. Steps: `order` their order id, `facts`
    {carrier, tracking, reason, amount_minor, currency, lines, store_code}.
    """

    id: UUID
    kind: Kind
    key: str
    sku: str = ""
    ref: Ref | None = None
    place: str = ""
    units: int = 0
    sold_out: bool = False
    amount_minor: int = 0
    currency: str = ""
    order: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    believed: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message. LATER: not before `retry_after_s`; `unclear`: it may have been applied all the same.

    REFUSED: `code`, `why` in their words, `fix` in ours.
    """

    id: UUID
    outcome: Outcome
    retry_after_s: float = 0.0
    unclear: bool = False
    code: str = ""
    why: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Throttle:
    """What a platform said about its own limit: units left now and units a second; None where it says nothing."""

    left: float
    per_s: float
    most: float


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel is and how one speaks to it; `secrets` are opened and never shown."""

    platform: Platform
    base_url: str
    currency: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Pace:
    """A bucket: `per_s` units a second flow in, up to `most`."""

    per_s: float
    most: float


@dataclass(frozen=True, slots=True)
class Link:
    """The way out to a channel as it is set up and as it is doing. Secrets are not in here.

    `mode` and `places` (our store -> their location id) say how stock is told; `kinds` what is told at all. `tokens`
    is what the bucket held at `filled_at`. `failures`: calls in a row without an answer; `until`: nothing goes before.
    """

    channel_id: UUID
    platform: Platform
    base_url: str
    settings: Mapping[str, Any]
    pace: Pace
    tokens: float
    filled_at: datetime
    until: datetime | None
    failures: int
    paused_at: datetime | None
    paused_by: str
    heard_at: datetime | None
    error: str
    error_at: datetime | None

    @property
    def mode(self) -> StockMode:
        return StockMode(self.settings.get("mode", StockMode.SUM))

    @property
    def places(self) -> Mapping[str, str]:
        return dict(self.settings.get("places") or {})

    @property
    def kinds(self) -> frozenset[Kind]:
        named = self.settings.get("kinds")
        return frozenset(Kind) if named is None else frozenset(Kind(kind) for kind in named)


@dataclass(frozen=True, slots=True)
class Due:
    """A message that may go now, as its row stands. `version` is what an answer will confirm."""

    id: UUID
    kind: Kind
    subject: UUID
    place: UUID
    family: UUID
    lane: int
    version: int
    facts: Mapping[str, Any]
    shown: int | None
    event_at: datetime
    again: bool
    attempts: int
