"""Nouns of work on stock: count 盘点, adjustment (waste 报损, own use 领用), transfer 调拨, cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

MILLI = 1000
"""Costs are kept in thousandths of a minor unit: an average of many receipts is no whole cent."""


class AdjustmentKind(StrEnum):
    COUNT = "count"
    WASTE = "waste"
    OWN_USE = "own_use"


class TransferState(StrEnum):
    ASKED = "asked"
    SENT = "sent"
    RECEIVED = "received"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class CountView:
    """A count as a list shows it: `counted` items so far, of `wanted` (0: the whole shelf)."""

    id: UUID
    location_id: UUID
    state: str
    title: str
    blind: bool
    items: tuple[UUID, ...]
    by: str
    at: datetime
    closed_at: datetime | None
    closed_by: str
    adjustment_id: UUID | None
    counted: int = 0


@dataclass(frozen=True, slots=True)
class CountLine:
    """One counted item: `expected` is what the books say was there when it was last counted.

    `moved`: units came or went between the first and the last entry, so that it should be counted once more.
    """

    item_id: UUID
    counted: int
    expected: int
    cost_milli: int
    by: tuple[str, ...]
    last_at: datetime
    moved: bool = False

    @property
    def difference(self) -> int:
        return self.counted - self.expected

    @property
    def value_minor(self) -> int:
        """What the difference is worth at cost, with its sign."""
        return value_of(self.difference, self.cost_milli)


@dataclass(frozen=True, slots=True)
class AdjustmentView:
    """`lines`: (item, units with sign, cost in thousandths). `value_minor`: what it changes the stock's worth by."""

    id: UUID
    location_id: UUID
    kind: AdjustmentKind
    state: str
    reason: str
    note: str
    lines: tuple[tuple[UUID, int, int], ...]
    value_minor: int
    by: str
    at: datetime
    done_at: datetime | None
    approval_id: UUID | None


@dataclass(frozen=True, slots=True)
class TransferLineView:
    item_id: UUID
    asked: int
    sent: int | None
    received: int | None


@dataclass(frozen=True, slots=True)
class TransferView:
    id: UUID
    from_id: UUID
    to_id: UUID
    state: TransferState
    note: str
    asked_by: str
    asked_at: datetime
    sent_by: str
    sent_at: datetime | None
    ended_by: str
    ended_at: datetime | None
    lines: tuple[TransferLineView, ...] = ()


@dataclass(frozen=True, slots=True)
class MovementView:
    id: UUID
    location_id: UUID
    item_id: UUID
    units: int
    reason: str
    subject_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class ReasonView:
    kind: AdjustmentKind
    code: str
    name: str
    active: bool = True


DEFAULT_REASONS = (
    ReasonView(AdjustmentKind.WASTE, "expired", ""),
    ReasonView(AdjustmentKind.WASTE, "damaged", ""),
    ReasonView(AdjustmentKind.WASTE, "spoiled", ""),
    ReasonView(AdjustmentKind.WASTE, "stolen", ""),
    ReasonView(AdjustmentKind.OWN_USE, "tasting", ""),
    ReasonView(AdjustmentKind.OWN_USE, "display", ""),
    ReasonView(AdjustmentKind.OWN_USE, "staff", ""),
    ReasonView(AdjustmentKind.OWN_USE, "cleaning", ""),
)
"""What a brand begins with; their names are the screen's."""


def value_of(units: int, cost_milli: int) -> int:
    """Minor units, half away from zero."""
    product = units * cost_milli
    return (abs(product) * 2 + MILLI) // (2 * MILLI) * (1 if product >= 0 else -1)
