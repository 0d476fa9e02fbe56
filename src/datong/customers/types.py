"""Nouns of customers (客户): a person or organisation, and the identities it shows at the doors."""

from __future__ import annotations

from dataclasses import dataclass
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
