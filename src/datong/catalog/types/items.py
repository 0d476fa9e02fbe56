"""Nouns of goods: items (商品)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class ItemKind(StrEnum):
    GOODS = "goods"  # shippable, has stock
    ON_SITE = "on_site"  # made or consumed at the place, has stock (a drink, a meal)
    SERVICE = "service"  # no stock


@dataclass(frozen=True, slots=True)
class Item:
    """What can be sold: one row a SKU. `tax_class` names a rate; `title` is the brand's language, `titles` BCP 47.

    `product_id` is the product it is a variant of; a put of items leaves it as it is.
    """

    id: UUID
    sku: str
    title: str
    kind: ItemKind = ItemKind.GOODS
    tax_class: str = "standard"
    category: str = ""
    gtin: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    active: bool = True
    product_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SellerPrice:
    """What a seller asks for one unit of an item; `seller` '' is the brand itself, `amount_minor` None: no price."""

    sku: str
    title: str
    seller: str
    amount_minor: int | None
