"""Nouns of insight: readiness (打通程度), what is unified and which sources stand outside."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Unification(StrEnum):
    """The three that the mission asks for (S-148)."""

    ORDERS = "orders"  # 订单平台
    EXPERIENCE = "experience"  # 用户体验
    SUPPLY = "supply"  # 供应链


class Shared(StrEnum):
    """What online and offline platforms have to share (S-17)."""

    ORDERS = "orders"
    MEMBERS = "members"
    PRICES = "prices"
    STOCK = "stock"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class Outside:
    """A source outside of the unified one: a channel's or a store's id, why ('no_door', ...), how many when counted.

    `chosen`: outside by a recorded decision of the brand, which is told but is no fault.
    """

    id: UUID
    why: str
    count: int = 0
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: how many sources were, and those outside. Only faults make it fail."""

    code: str
    of: Unification
    looked_at: int
    outside: tuple[Outside, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(not source.chosen for source in self.outside)


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """What the modules know of one open channel. The counts are of its latest orders, `sampled` of them."""

    id: UUID
    has_door: bool
    orders: int
    sampled: int
    identified: int
    unpaid: int
    described: bool
    own_prices: bool
    reason: bool
    some_stores: bool
    missing: int
    not_understood: int
    conflicts: int


@dataclass(frozen=True, slots=True)
class StoreFacts:
    id: UUID
    has_stock: bool
    lends_stock: bool
    short: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """The checks, and for each open channel what it shares: '' when connected, else why not."""

    checks: tuple[Check, ...]
    shared: tuple[tuple[UUID, dict[Shared, str]], ...]

    def of(self, part: Unification) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.of is part)
