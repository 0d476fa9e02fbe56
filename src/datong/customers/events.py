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
    """Two customers may be one person; `kind` of identity is the evidence. A person decides."""

    name: ClassVar[str] = "customers.merge_proposed"
    version: ClassVar[int] = 1
    keep: UUID
    other: UUID
    kind: str

    @property
    def aggregate(self) -> UUID:
        return self.keep
