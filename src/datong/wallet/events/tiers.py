"""Facts of tiers that others may hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TierChanged:
    """A person's tier became another ('' none): for all channels alike, from this moment."""

    name: ClassVar[str] = "wallet.tier_changed"
    version: ClassVar[int] = 1
    customer_id: UUID
    programme: str
    before: str
    after: str

    @property
    def aggregate(self) -> UUID:
        return self.customer_id
