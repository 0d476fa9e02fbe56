"""Facts about orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """An order was taken: by then its stock is held, its money posted, its store chosen or its reason recorded."""

    name: ClassVar[str] = "orders.placed"
    version: ClassVar[int] = 1
    order_id: UUID
    channel_id: UUID
    customer_id: UUID | None
    state: str
    fulfilment: str
    store_ids: tuple[UUID, ...]
    total_minor: int
    currency: str
    units: int
    exceptions: int
    placed_at: datetime
    promised_at: datetime | None

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class OrderAssigned:
    """A waiting order found its store, or an order's store changed."""

    name: ClassVar[str] = "orders.assigned"
    version: ClassVar[int] = 1
    order_id: UUID
    store_ids: tuple[UUID, ...]
    fulfilment: str
    promised_at: datetime | None
    reason: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class OrderWaiting:
    """An order has no store, from the first or since it lost it, and waits in the backorder queue."""

    name: ClassVar[str] = "orders.waiting"
    version: ClassVar[int] = 1
    order_id: UUID
    reason: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    name: ClassVar[str] = "orders.cancelled"
    version: ClassVar[int] = 1
    order_id: UUID
    reason: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class UnitsWithdrawn:
    """Units were taken out of an order before they were handed over; `store_ids` have nothing of it to do any more."""

    name: ClassVar[str] = "orders.units_withdrawn"
    version: ClassVar[int] = 1
    order_id: UUID
    units: int
    store_ids: tuple[UUID, ...]

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class UnitsAsked:
    """A store cannot give some units and no other has them: the customer is asked until `deadline_at`."""

    name: ClassVar[str] = "orders.units_asked"
    version: ClassVar[int] = 1
    order_id: UUID
    store_id: UUID
    question_ids: tuple[UUID, ...]
    deadline_at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class OrderCompleted:
    """Every share of the order is with its customer: what was owed is earned."""

    name: ClassVar[str] = "orders.completed"
    version: ClassVar[int] = 1
    order_id: UUID

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class ReturnChanged:
    """Goods that come back: asked for, approved, refused, withdrawn, received at a store."""

    name: ClassVar[str] = "orders.return_changed"
    version: ClassVar[int] = 1
    order_id: UUID
    return_id: UUID
    state: str
    store_id: UUID | None

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """The brand's sourcing rules are others now."""

    name: ClassVar[str] = "orders.rules_changed"
    version: ClassVar[int] = 1
    brand_id: UUID
    who: str

    @property
    def aggregate(self) -> UUID:
        return self.brand_id
