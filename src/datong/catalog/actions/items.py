"""Items go in by unnest: tens of thousands of rows are a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError

from datong.catalog import rules
from datong.catalog.actions.common import chunks, tell
from datong.catalog.actions.offers import refresh
from datong.catalog.types import Item
from datong.kernel.bulk import array
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import Conflict

PUT_ITEMS = """
    INSERT INTO catalog_item (brand_id, id, sku, title, kind, tax_class, category, gtin, titles, active, words)
    SELECT %(brand)s, * FROM unnest(%(ids)s::uuid[], %(skus)s::text[], %(titles)s::text[], %(kinds)s::text[],
        %(tax_classes)s::text[], %(categories)s::text[], %(gtins)s::text[], %(translations)s::jsonb[],
        %(actives)s::bool[], %(words)s::text[]) AS new(id, sku) ORDER BY new.sku
    ON CONFLICT (brand_id, sku) DO UPDATE
       SET title = excluded.title, kind = excluded.kind, tax_class = excluded.tax_class, category = excluded.category,
           gtin = excluded.gtin, titles = excluded.titles, active = excluded.active, words = excluded.words
"""
USED = """
    SELECT DISTINCT i.id FROM catalog_item i JOIN catalog_itempart u ON u.brand_id = i.brand_id AND u.part_id = i.id
     WHERE i.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[])
"""

MANY = 1000
KNOW_SIZES = "SELECT catalog_know_sizes()"  # the prices that follow are checked against this table


def put_items(brand_id: UUID, items: Sequence[Item], *, by: str = "import") -> int:
    """Add items or replace what is known of them; the SKU is what counts, an item keeps its first id.

    All or nothing. Raises BadInput naming the fields, Conflict when an id belongs to another SKU.
    """
    rules.check_items(items)
    with in_brand(brand_id):
        try:
            with savepoint():
                for part in chunks(items):
                    execute(PUT_ITEMS, _item_columns(brand_id, part))
                    # A part that became a service, or goods, is another part of its bundles.
                    used = rows(USED, {"brand": brand_id, "skus": array(item.sku for item in part)})
                    refresh([item_id for (item_id,) in used], brand=brand_id)
                    if len(part) >= MANY:
                        rows(KNOW_SIZES)
        except IntegrityError:
            raise Conflict("an item's id is in use for another SKU; mint a new id") from None
        tell(brand_id, "items", len(items), by, verb="item.put", of=(f"item {item.sku}" for item in items))
    return len(items)


def _item_columns(brand: UUID, items: Sequence[Item]) -> dict[str, Any]:
    return {
        "brand": brand,
        "ids": array(str(item.id) for item in items),
        "skus": array(item.sku for item in items),
        "titles": array(item.title for item in items),
        "kinds": array(item.kind for item in items),
        "tax_classes": array(item.tax_class for item in items),
        "categories": array(item.category for item in items),
        "gtins": array(item.gtin for item in items),
        "translations": array(msgspec.json.encode(item.titles).decode() for item in items),
        "actives": [item.active for item in items],
        "words": array(" ".join([item.sku, item.gtin, item.title, *item.titles.values()]).lower() for item in items),
    }
