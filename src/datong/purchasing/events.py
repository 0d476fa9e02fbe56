"""Facts about purchasing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PurchaseOrderChanged:
    """A purchase order is in another state now."""

    name: ClassVar[str] = "purchasing.order_changed"
    version: ClassVar[int] = 1
    order_id: UUID
    supplier_id: UUID
    store_id: UUID
    state: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class GoodsReceived:
    """Goods of a purchase order came; `units` are the good ones, on the shelf by now."""

    name: ClassVar[str] = "purchasing.received"
    version: ClassVar[int] = 1
    order_id: UUID
    store_id: UUID
    units: int
    damaged: int

    @property
    def aggregate(self) -> UUID:
        return self.order_id
