"""What is known of a customer beside the verified identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.customers.types.people import Identity, IdentityKind


@dataclass(frozen=True, slots=True)
class SeenContact:
    """An unverified phone, e-mail or device; `fault` names what is wrong with it. `customer_id` is the record's."""

    kind: IdentityKind
    value: str
    fault: str
    first_seen: datetime
    last_seen: datetime
    channel_id: UUID
    customer_id: UUID


@dataclass(frozen=True, slots=True)
class Profile:
    """One record as evidence: the name and all its signs, verified or not (those with a fault are left out)."""

    id: UUID
    head_id: UUID
    name: str
    signs: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class Likely:
    """Two records that may be one person, and the sign both have, if there is one."""

    a: UUID
    b: UUID
    evidence: Identity | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What one door knows: records and the people they are; `alone` of these no other door knows."""

    channel_id: UUID
    records: int
    people: int
    alone: int

    @property
    def joined_percent(self) -> int:
        """The share of its people that another door knows as well, rounded down."""
        return 100 * (self.people - self.alone) // self.people if self.people else 0
