"""Facts of the catalogue that others may hear. The aggregate of a change of many rows is the brand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """An item got a price from a moment on; `previous_minor` is what held then before, None when it had no price."""

    name: ClassVar[str] = "catalog.price_changed"
    version: ClassVar[int] = 1
    item_id: UUID
    sku: str
    price_list: str
    currency: str
    amount_minor: int
    previous_minor: int | None
    valid_from: datetime
    by: str
    reason: str

    @property
    def aggregate(self) -> UUID:
        return self.item_id


@dataclass(frozen=True, slots=True)
class CatalogPut:
    """Reference data was put in bulk.

    `what` is items, prices, price_lists, price_policies, costs, promotions, tax_rates, decision_tables or rates.
    """

    name: ClassVar[str] = "catalog.put"
    version: ClassVar[int] = 1
    brand_id: UUID
    what: str
    rows: int
    by: str

    @property
    def aggregate(self) -> UUID:
        return self.brand_id


@dataclass(frozen=True, slots=True)
class ProductChanged:
    """A product was made or changed: `state` is what it is in now, `version` counts its changes."""

    name: ClassVar[str] = "catalog.product_changed"
    version: ClassVar[int] = 1
    product_id: UUID
    code: str
    state: str
    revision: int
    by: str

    @property
    def aggregate(self) -> UUID:
        return self.product_id
