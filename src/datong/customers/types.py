"""Nouns of customers (客户): a person or organisation, and the identities it shows at the doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class IdentityKind(StrEnum):
    PHONE = "phone"  # E.164
    EMAIL = "email"  # lower case
    WECHAT_OPENID = "wechat_openid"  # value is 'appid:openid'
    WECHAT_UNIONID = "wechat_unionid"
    APP_USER = "app_user"  # value is 'channel:user id'
    BUYER = "buyer"  # a marketplace's or shop's buyer id: 'channel:buyer id'
    CARD = "card"  # membership card number
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Identity:
    """One sign by which a customer is known. Only a verified one identifies; an unverified one is a contact."""

    kind: IdentityKind
    value: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody came through a door: the identities shown, the name as written there."""

    channel_id: UUID
    identities: tuple[Identity, ...]
    name: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    id: UUID
    name: str
    identities: tuple[Identity, ...]
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """Whose an identity is, and since when it is known."""

    customer_id: UUID
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class Merge:
    """Two customers that showed one person's identities: `keep` has the older one. A person decides, never a rule."""

    keep: UUID
    other: UUID
    evidence: Identity


@dataclass(frozen=True, slots=True)
class SeenIdentity:
    """An identity of a customer with its history."""

    kind: IdentityKind
    value: str
    first_seen: datetime
    last_seen: datetime
    channel_id: UUID


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything known of one customer, newest identity first; open merge proposals name the other customer."""

    id: UUID
    name: str
    language: str
    created_at: datetime
    identities: tuple[SeenIdentity, ...]
    proposals: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class CustomerHit:
    """A line of a search result: `matched` is the identity or name that was found."""

    id: UUID
    name: str
    matched: str


class TouchKind(StrEnum):
    """What somebody at work does about a customer (S-97)."""

    CONTACT = "contact"  # spoke or wrote
    OFFER = "offer"  # made an offer
    FOLLOW_UP = "follow_up"  # something is to be done by a day


@dataclass(frozen=True, slots=True)
class Touch:
    """Something done, offered or to be done for a customer; open while `due` is set and `done_at` is not."""

    id: UUID
    customer_id: UUID
    kind: TouchKind
    text: str
    by: str
    at: datetime
    due: date | None = None
    done_at: datetime | None = None
    done_by: str = ""
