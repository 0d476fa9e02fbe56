"""Records as a file of another system tells them, and what stands of them here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from datong.customers.types.bonds import CustomerKind
from datong.customers.types.people import IdentityKind, Means, Purpose, Said


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a record: verified when `proof` says how, else a contact; `fault` says what is wrong with it."""

    kind: IdentityKind
    value: str
    proof: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """What was said to a purpose and means, when, through what, and what proves it."""

    purpose: Purpose
    means: Means
    said: Said
    at: datetime
    source: str
    proof: str


@dataclass(frozen=True, slots=True)
class Portrait:
    """A record whole: `signs` and `notes` sorted, `words` the latest of each purpose and means, sorted."""

    name: str = ""
    kind: CustomerKind = CustomerKind.PERSON
    company: str = ""
    birthday: date | None = None
    address: str = ""
    language: str = ""
    preferred: Means | None = None
    tags: tuple[str, ...] = ()
    signs: tuple[Sign, ...] = ()
    notes: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What becomes of a record: `before` None makes it, `after` None takes it away."""

    id: UUID
    before: Portrait | None
    after: Portrait | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a sign is, and since when."""

    customer_id: UUID
    head_id: UUID
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class CardIn:
    """A card of an older system: `state` active, frozen or replaced (ended)."""

    id: UUID
    customer_id: UUID
    number: str
    state: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CardNow:
    """A card by its number; `used`: a phone shows it, or it was changed since it was issued."""

    id: UUID
    customer_id: UUID
    number: str
    state: str
    expires_at: datetime | None
    used: bool = field(default=False)
