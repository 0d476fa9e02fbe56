"""Taking back what was put in by mistake, as long as nothing stands on it. What was sold by it keeps its own copy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from datong.catalog.actions.common import stamp, tell
from datong.kernel.db import execute, in_brand, savepoint
from datong.kernel.errors import Conflict

REMOVE_PRICES = """
    DELETE FROM catalog_price p USING catalog_item i,
           unnest(%(lists)s::text[], %(skus)s::text[], %(froms)s::timestamptz[]) AS w(price_list, sku, valid_from)
     WHERE p.brand_id = %(brand)s AND i.brand_id = %(brand)s AND i.sku = w.sku AND p.item_id = i.id
       AND p.price_list = w.price_list AND p.valid_from = w.valid_from
"""


def remove_prices(brand_id: UUID, keys: Sequence[tuple[str, str, datetime]], *, by: str) -> int:
    """Take away the dated rows (list, sku, from); what held before holds again. Rows gone. The event says who."""
    lists, skus, froms = ([each[i] for each in keys] for i in range(3))
    with in_brand(brand_id):
        stamp(brand_id, "prices")
        gone = execute(REMOVE_PRICES, {"brand": brand_id, "lists": lists, "skus": skus, "froms": froms})
        tell(brand_id, "prices", gone, by, verb="price.remove", of=(f"item {sku}" for sku in skus))
    return gone


REMOVE_ITEMS = "DELETE FROM catalog_item WHERE brand_id = %(brand)s AND sku = ANY(%(skus)s::text[])"


def remove_items(brand_id: UUID, skus: Sequence[str], *, by: str) -> int:
    """Take items away altogether. Conflict when one has prices, present or past, or belongs to a product: it can be
    made inactive then. Whether orders or shelves name it the caller knows: no table here does."""
    with in_brand(brand_id):
        try:
            with savepoint():
                gone = execute(REMOVE_ITEMS, {"brand": brand_id, "skus": list(skus)})
        except IntegrityError:
            raise Conflict("an item has prices or belongs to a product; make it inactive instead") from None
        tell(brand_id, "items", gone, by, verb="item.remove", of=(f"item {sku}" for sku in skus))
    return gone
