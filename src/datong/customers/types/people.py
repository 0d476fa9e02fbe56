"""Nouns of customers (客户): a person or organisation, and the identities it shows at the doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from datong.customers.types.golden import Golden


class IdentityKind(StrEnum):
    PHONE = "phone"  # E.164
    EMAIL = "email"  # lower case
    WECHAT_OPENID = "wechat_openid"  # value is 'appid:openid'
    WECHAT_UNIONID = "wechat_unionid"
    APP_USER = "app_user"  # value is 'channel:user id'
    BUYER = "buyer"  # a marketplace's or shop's buyer id: 'channel:buyer id'
    CARD = "card"  # membership card number
    DEVICE = "device"
    MEMBER = "member"  # the number of an older system


@dataclass(frozen=True, slots=True)
class Identity:
    """One sign by which a customer is known. Only a verified one identifies; an unverified one is a contact."""

    kind: IdentityKind
    value: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody came through a door: the identities shown, the name as written there, their own address."""

    channel_id: UUID
    identities: tuple[Identity, ...]
    name: str = ""
    language: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    id: UUID
    name: str
    identities: tuple[Identity, ...]
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """Whose an identity is, since when it is known, and the head of the records that were merged with its owner's."""

    customer_id: UUID
    first_seen: datetime
    head_id: UUID


@dataclass(frozen=True, slots=True)
class Identified:
    """Who a sighting is: the record its identity belongs to, and the head of that person's records (often the same).

    What happens is kept with the record, so that it goes where it belongs when a merge is undone; limits and
    everything shown count by the person.
    """

    customer_id: UUID
    head_id: UUID


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two customers that may be one person: `keep` is known longer. A person decides.

    `evidence` is the sign that both showed; None when it is the likeness of all they said (`matching` has the weights).
    """

    keep: UUID
    other: UUID
    evidence: Identity | None


class Outcome(StrEnum):
    """What became of a proposal."""

    MERGED = "merged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Merge:
    """That two records are one person: said by whom, why, on which evidence; undone or standing.

    `evidence`: the identities that joined them; empty when a person says so without.
    """

    id: UUID
    a: UUID
    b: UUID
    reason: str
    evidence: tuple[Identity, ...]
    by: str
    at: datetime
    undone_at: datetime | None = None
    undone_by: str = ""
    undone_reason: str = ""


@dataclass(frozen=True, slots=True)
class SeenIdentity:
    """An identity of a customer with its history; `customer_id` is the record it belongs to."""

    kind: IdentityKind
    value: str
    first_seen: datetime
    last_seen: datetime
    channel_id: UUID
    customer_id: UUID
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One of the records that make a person; the oldest is the head."""

    id: UUID
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Everything known of one person: the records (oldest first), identities (newest first), merges (newest first).

    `id` is the head's; `name` and `language` are those of the golden record. Open proposals name the other.
    """

    id: UUID
    name: str
    language: str
    created_at: datetime
    records: tuple[Record, ...]
    identities: tuple[SeenIdentity, ...]
    proposals: tuple[Proposal, ...]
    merges: tuple[Merge, ...]
    golden: Golden


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
    NOTE = "note"  # worth knowing, nothing was done


@dataclass(frozen=True, slots=True)
class Touch:
    """Something done, offered or to be done for a customer; open while `due` is set and `done_at` is not.

    `doer`: who is to do it, a username; '' is whoever comes first."""

    id: UUID
    customer_id: UUID
    kind: TouchKind
    text: str
    by: str
    at: datetime
    due: date | None = None
    done_at: datetime | None = None
    done_by: str = ""
    doer: str = ""


class Purpose(StrEnum):
    """What a customer may agree to (目的)."""

    MARKETING = "marketing"  # news and offers
    PERSONALISATION = "personalisation"  # what was bought and looked at decides what is shown
    SURVEYS = "surveys"
    PARTNERS = "partners"  # passed on to partners


class Means(StrEnum):
    """By which way (渠道)."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    WECHAT = "wechat"
    PUSH = "push"
    POST = "post"


class Said(StrEnum):
    """What was said of a purpose: nothing said is no."""

    GIVEN = "given"
    ASKED = "asked"  # said once, to be confirmed (double opt-in)
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a customer said, when, through which door (`source`), to which version of the text, and who wrote it down.

    Entries are only added; the latest of a purpose and means holds, whichever of a person's records it was said to.
    """

    id: UUID
    customer_id: UUID
    purpose: Purpose
    means: Means
    said: Said
    at: datetime
    source: str
    text_version: str
    by: str
    proof: str = ""
