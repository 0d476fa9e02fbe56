"""Facts of customers that others may hear. They name ids, never a person's data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CustomerCreated:
    """Somebody was seen for the first time, at this door."""

    name: ClassVar[str] = "customers.created"
    version: ClassVar[int] = 1
    customer_id: UUID
    channel_id: UUID

    @property
    def aggregate(self) -> UUID:
        return self.customer_id


@dataclass(frozen=True, slots=True)
class MergeProposed:
    """Two customers may be one person; `kind` of identity is the evidence, '' when it is their likeness."""

    name: ClassVar[str] = "customers.merge_proposed"
    version: ClassVar[int] = 1
    keep: UUID
    other: UUID
    kind: str

    @property
    def aggregate(self) -> UUID:
        return self.keep


@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """Two records are one person from now on; `head` stands for all of that person's records."""

    name: ClassVar[str] = "customers.merged"
    version: ClassVar[int] = 1
    merge_id: UUID
    a: UUID
    b: UUID
    head: UUID

    @property
    def aggregate(self) -> UUID:
        return self.head


@dataclass(frozen=True, slots=True)
class CustomersUnmerged:
    """A merge was undone: each of its two records has its head again; the same when another merge still joins them."""

    name: ClassVar[str] = "customers.unmerged"
    version: ClassVar[int] = 1
    merge_id: UUID
    a: UUID
    b: UUID
    head_a: UUID
    head_b: UUID

    @property
    def aggregate(self) -> UUID:
        return self.head_a


@dataclass(frozen=True, slots=True)
class CustomerErased:
    """A person was erased on their request: whoever keeps copies takes them away."""

    name: ClassVar[str] = "customers.erased"
    version: ClassVar[int] = 1
    customer_id: UUID
    request_id: UUID

    @property
    def aggregate(self) -> UUID:
        return self.customer_id


@dataclass(frozen=True, slots=True)
class ConsentChanged:
    """A customer said yes, or no, to a purpose by a means; `said` is given, asked or withdrawn."""

    name: ClassVar[str] = "customers.consent_changed"
    version: ClassVar[int] = 1
    customer_id: UUID
    purpose: str
    means: str
    said: str

    @property
    def aggregate(self) -> UUID:
        return self.customer_id


@dataclass(frozen=True, slots=True)
class CardIssued:
    """A record has a membership card."""

    name: ClassVar[str] = "customers.card_issued"
    version: ClassVar[int] = 1
    card_id: UUID
    customer_id: UUID

    @property
    def aggregate(self) -> UUID:
        return self.customer_id


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A card was frozen, given free or replaced; `state` is types.cards.CardState."""

    name: ClassVar[str] = "customers.card_changed"
    version: ClassVar[int] = 1
    card_id: UUID
    customer_id: UUID
    state: str

    @property
    def aggregate(self) -> UUID:
        return self.customer_id
