"""What customers are worth, and where they stand in their life with the brand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Segment(StrEnum):
    """Kinds of customers by recency, frequency and money; each is treated alike on every channel (S-107)."""

    CHAMPION = "champion"  # lately, often, much
    LOYAL = "loyal"  # often, still here
    BIG = "big"  # seldom, but much
    NEW = "new"  # one order, lately
    REGULAR = "regular"
    COOLING = "cooling"  # bought often, not lately
    LOST = "lost"  # seldom, long ago


class LifeStage(StrEnum):
    """S-99."""

    IDENTIFIED = "identified"  # 识别: known, one day of buying at most
    DEVELOPED = "developed"  # 开发: came back
    MAINTAINED = "maintained"  # 维护: comes again and again


@dataclass(frozen=True, slots=True)
class Value:
    """One person's worth, of all their records, in the brand's currency.

    `recency`, `frequency`, `money`: 1 to 5, by rank among the brand's customers. `alive`: the chance that they still
    buy. `orders_ahead`, `ahead_minor`: expected within the next year; None when too few customers tell (`modelled`).
    `gap_days`: the usual time between two days of buying, None for one. Cancelled orders do not count.
    """

    customer_id: UUID
    currency: str
    orders: int
    days: int
    first_at: datetime
    last_at: datetime
    spent_minor: int
    recency: int
    frequency: int
    money: int
    segment: Segment
    stage: LifeStage
    alive: float | None
    orders_ahead: float | None
    ahead_minor: int | None
    gap_days: float | None
    at: datetime


@dataclass(frozen=True, slots=True)
class SegmentSum:
    """One segment: how many customers, what they spent, what is expected of them within a year."""

    segment: Segment
    customers: int
    spent_minor: int
    ahead_minor: int


@dataclass(frozen=True, slots=True)
class Held:
    """A product category: whether the person has it, in how many orders, and the share of buyers who have it."""

    category: str
    orders: int
    last_at: datetime | None
    share: float
