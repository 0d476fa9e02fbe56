"""Nouns of the way between online and offline: the loop of an order, a customer's crossings, a day's effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.orders.types.book import Side


class Loop(StrEnum):
    OPEN = "open"  # 未付: taken, neither paid nor used
    PAID = "paid_not_used"  # 已付未用
    UNTRACKED = "used_not_tracked"  # 已用未追踪: nobody can say whose it was or how they came
    CLOSED = "closed"  # 已闭环


@dataclass(frozen=True, slots=True)
class Way:
    """Orders that went one way: by which sides the customer came, traded, used it; `mode` is '' for one side only."""

    sides: tuple[Side, ...]
    mode: str
    orders: int
    closed: int


@dataclass(frozen=True, slots=True)
class LoopRow:
    order_id: UUID
    number: str
    store_id: UUID | None
    loop: Loop
    total_minor: int
    currency: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody met the brand: `what` is visit, order or use; `ref` the visit or the order."""

    at: datetime
    side: Side
    what: str
    ref: UUID
    title: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What came of the doors in a time: visits by entries, orders, those paid, used, and what they come to."""

    visits: int
    orders: int
    paid: int
    used: int
    income_minor: int


@dataclass(frozen=True, slots=True)
class Guide:
    """An entry that people came by, and how many orders name it; none: it only guides (导购)."""

    entry_id: UUID
    title: str
    visits: int
    orders: int
