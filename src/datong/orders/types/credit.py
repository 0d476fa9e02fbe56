"""Nouns of sales credit (业绩归属): whose sale it is, in shares that a dated rule of the brand says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class CreditRole(StrEnum):
    SELLING = "selling"  # 销售门店: whose code, staff or counter sold it
    FULFILLING = "fulfilling"  # 履约门店: who hands it over or brings it
    ASSOCIATE = "associate"  # 导购: the member of staff


@dataclass(frozen=True, slots=True)
class CreditShares:
    """Percent of each role; they come to 100."""

    selling: int
    fulfilling: int
    associate: int

    @property
    def sums(self) -> bool:
        parts = (self.selling, self.fulfilling, self.associate)
        return min(parts) >= 0 and sum(parts) == 100


PLAIN = CreditShares(50, 50, 0)
"""Where the brand has no rule of its own."""


@dataclass(frozen=True, slots=True)
class CreditRule:
    """The shares of orders placed from a moment on, until a later rule."""

    id: UUID
    valid_from: datetime
    shares: CreditShares
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CreditPart:
    """What one of them has of an order. `store_id` None: no store sold it, the brand's own shop did."""

    role: CreditRole
    store_id: UUID | None
    associate: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CreditLine:
    """One row of the record; `reverses` is the row it takes back, which it mirrors."""

    id: UUID
    order_id: UUID
    role: CreditRole
    store_id: UUID | None
    associate: str
    amount_minor: int
    currency: str
    day: date
    shares: CreditShares
    reverses: UUID | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class CreditSum:
    """What a store, or one member of its staff, came to in some days; `orders` are those that are not taken back."""

    store_id: UUID | None
    associate: str
    currency: str
    selling_minor: int
    fulfilling_minor: int
    associate_minor: int
    orders: int

    @property
    def total_minor(self) -> int:
        return self.selling_minor + self.fulfilling_minor + self.associate_minor
