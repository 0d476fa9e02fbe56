"""Facts about stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StockChanged:
    """What is free of some items at one location now; `free[i]` belongs to `items[i]`.

    Absolute figures: whoever applies the event twice is none the worse. `arrived`: more is free than before, so
    backorders may be tried again.
    """

    name: ClassVar[str] = "inventory.stock_changed"
    version: ClassVar[int] = 1
    location_id: UUID
    items: tuple[UUID, ...]
    free: tuple[int, ...]
    arrived: bool = False

    @property
    def aggregate(self) -> UUID:
        return self.location_id


@dataclass(frozen=True, slots=True)
class HoldsEnded:
    """Holds of an order ended without the goods leaving: 'released', 'expired' or 'clashed' with a counter sale."""

    name: ClassVar[str] = "inventory.holds_ended"
    version: ClassVar[int] = 1
    order_id: UUID
    how: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class StockLoaded:
    """Many rows of stock came at once: whoever keeps a picture takes a new one."""

    name: ClassVar[str] = "inventory.stock_loaded"
    version: ClassVar[int] = 1
    brand_id: UUID
    count: int

    @property
    def aggregate(self) -> UUID:
        return self.brand_id


@dataclass(frozen=True, slots=True)
class SoldOutChanged:
    """An item was taken off sale (估清) or came back. `location_id` None: everywhere, as far as stores go.

    `until` is when it comes back by itself, the earliest of several places; None: by hand or with the next goods. The
    same transaction tells what is free there in `inventory.stock_changed`, for goods that are counted.
    """

    name: ClassVar[str] = "inventory.sold_out_changed"
    version: ClassVar[int] = 1
    location_id: UUID | None
    item_id: UUID
    sold_out: bool
    until: datetime | None = None

    @property
    def aggregate(self) -> UUID:
        return self.item_id


@dataclass(frozen=True, slots=True)
class TransferChanged:
    """Goods between two stores were asked for, sent, received or called off."""

    name: ClassVar[str] = "inventory.transfer_changed"
    version: ClassVar[int] = 1
    transfer_id: UUID
    from_id: UUID
    to_id: UUID
    state: str

    @property
    def aggregate(self) -> UUID:
        return self.transfer_id
