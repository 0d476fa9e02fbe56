"""Items: by SKU, by id, by page, by what somebody types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.types import (
    Item,
    ItemKind,
)
from datong.kernel.bulk import array
from datong.kernel.db import in_brand, rows

MAX_HITS = 200

ITEMS = """
    SELECT i.id, i.sku, i.title, i.kind, i.tax_class, i.category, i.gtin, i.titles, i.active, i.product_id
      FROM catalog_item i WHERE i.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[])
"""
ITEMS_BY_ID = """
    SELECT i.id, i.sku, i.title, i.kind, i.tax_class, i.category, i.gtin, i.titles, i.active, i.product_id
      FROM catalog_item i WHERE i.brand_id = %(brand)s AND i.id = ANY(%(ids)s::uuid[])
"""


def items_by_sku(brand_id: UUID, skus: Iterable[str]) -> dict[str, Item]:
    """The items of these SKUs, those that exist; one statement."""
    with in_brand(brand_id):
        known = rows(ITEMS, {"brand": brand_id, "skus": array(sku for sku in skus if rules.is_sku(sku))})
    return {row[1]: _item(row) for row in known}


BY_GTIN = """
    SELECT i.id, i.sku, i.title, i.kind, i.tax_class, i.category, i.gtin, i.titles, i.active, i.product_id
      FROM catalog_item i WHERE i.brand_id = %(brand)s AND i.gtin = ANY(%(forms)s::text[]) AND i.active
     ORDER BY i.sku LIMIT 1
"""


def item_by_gtin(brand_id: UUID, gtin: str) -> Item | None:
    """The active item of a GTIN, whether it is written with 8, 12, 13 or 14 digits."""
    digits = gtin.lstrip("0")
    if not (gtin.isascii() and gtin.isdecimal() and 0 < len(digits) <= 14):
        return None
    forms = [digits.zfill(length) for length in (8, 12, 13, 14) if length >= len(digits)]
    with in_brand(brand_id):
        return next((_item(row) for row in rows(BY_GTIN, {"brand": brand_id, "forms": forms})), None)


def items_by_id(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Item]:
    """The items of these ids, those that exist; one statement."""
    with in_brand(brand_id):
        return {row[0]: _item(row) for row in rows(ITEMS_BY_ID, {"brand": brand_id, "ids": list(ids)})}


def _item(row: tuple[Any, ...]) -> Item:
    item_id, sku, title, kind, tax_class, category, gtin, titles, active, product_id = row
    said = msgspec.json.decode(titles)
    return Item(item_id, sku, title, ItemKind(kind), tax_class, category, gtin, said, active, product_id)


PAGE = """
    SELECT i.id, i.sku, i.title, i.kind, i.tax_class, i.category, i.gtin, i.titles, i.active, i.product_id
      FROM catalog_item i WHERE i.brand_id = %(brand)s AND i.sku > %(after)s ORDER BY i.sku LIMIT %(limit)s
"""


def list_items(brand_id: UUID, *, after: str = "", limit: int = 50) -> list[Item]:
    """A page of the catalogue in order of SKU, from the SKU after `after` on."""
    with in_brand(brand_id):
        return [_item(row) for row in rows(PAGE, {"brand": brand_id, "after": after, "limit": min(limit, 1000)})]


SEARCH = "SELECT catalog_search_items(%(longest)s, %(every)s::text[], %(limit)s)"


def search_items(brand_id: UUID, text: str, *, limit: int = 50) -> list[Item]:
    """Items whose SKU, GTIN or a title in any language holds every word of `text`; active and short ones first."""
    words = sorted({word for word in text.lower().split() if word}, key=lambda word: (-len(word), word))[:8]
    if not words or not rules.storable(text):
        return []
    patterns = [f"%{word.translate(_LITERAL)}%" for word in words]
    with in_brand(brand_id):
        hits = rows(SEARCH, {"longest": patterns[0], "every": patterns, "limit": min(limit, MAX_HITS)})
        ids = [item_id for (item_id,) in hits]
        found = items_by_id(brand_id, ids)
    return [found[item_id] for item_id in ids]


_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})
