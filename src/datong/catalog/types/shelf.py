"""Nouns of the shelf (货架): what a customer may browse at one door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from datong.catalog.types.items import ItemKind


@dataclass(frozen=True, slots=True)
class Shelved:
    """One thing to browse: an item that is sold as it stands, or a product by the first of its SKUs.

    `title` is the brand's word, `titles` those of other languages. `skus`: how many SKUs the product has.
    """

    item_id: UUID
    sku: str
    title: str
    kind: ItemKind
    category: str
    titles: Mapping[str, str] = field(default_factory=dict)
    product_id: UUID | None = None
    skus: int = 1


@dataclass(frozen=True, slots=True)
class ShelfHits:
    """What a search found, best first. `close`: nothing had every word; these come near (a slip of the finger)."""

    found: tuple[Shelved, ...]
    close: bool = False
