"""Facts of fulfilment that others may hear."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """A store's share of an order is in another state; `carrier` and `tracking` are set when it was handed over."""

    name: ClassVar[str] = "fulfilment.task_changed"
    version: ClassVar[int] = 1
    task_id: UUID
    order_id: UUID
    store_id: UUID
    state: str
    reason: str
    carrier: str
    tracking: str
    at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class DeliveryAssigned:
    """Somebody brings a delivery: a courier, or (None) the way says who; `by` is "rule" or who gave it."""

    name: ClassVar[str] = "fulfilment.delivery_assigned"
    version: ClassVar[int] = 1
    task_id: UUID
    order_id: UUID
    store_id: UUID
    way: str
    courier_id: UUID | None
    station_id: UUID | None
    by: str
    at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class CourierDuty:
    """A courier went on or off duty."""

    name: ClassVar[str] = "fulfilment.courier_duty"
    version: ClassVar[int] = 1
    courier_id: UUID
    on_duty: bool
    by: str

    @property
    def aggregate(self) -> UUID:
        return self.courier_id


@dataclass(frozen=True, slots=True)
class CashCollected:
    """A courier took the money for an order at the door and owes it until it is handed in."""

    name: ClassVar[str] = "fulfilment.cash_collected"
    version: ClassVar[int] = 1
    task_id: UUID
    order_id: UUID
    store_id: UUID
    amount_minor: int
    currency: str
    courier_id: UUID
    at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class CashHandedIn:
    """Cash of an order that a courier had collected is at a store."""

    name: ClassVar[str] = "fulfilment.cash_handed_in"
    version: ClassVar[int] = 1
    task_id: UUID
    order_id: UUID
    store_id: UUID
    amount_minor: int
    currency: str
    courier_id: UUID
    at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """Nobody took a delivery: `outcome` is what follows ("again", "returning") or that it is back ("returned")."""

    name: ClassVar[str] = "fulfilment.delivery_failed"
    version: ClassVar[int] = 1
    task_id: UUID
    order_id: UUID
    store_id: UUID
    courier_id: UUID
    attempts: int
    outcome: str
    reason: str
    at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class DeliveryLate:
    """The promise of a delivery is over and it is not at its door; said once."""

    name: ClassVar[str] = "fulfilment.delivery_late"
    version: ClassVar[int] = 1
    task_id: UUID
    order_id: UUID
    store_id: UUID
    promised_at: datetime
    at: datetime

    @property
    def aggregate(self) -> UUID:
        return self.order_id
