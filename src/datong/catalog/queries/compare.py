"""The same item from several sellers, side by side (比价)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from datong.catalog.types import SellerPrice
from datong.kernel.db import in_brand, rows

SAME = """
    SELECT i.sku, i.title, coalesce(p.body->>'seller', ''), price.amount_minor
      FROM catalog_item own
      JOIN catalog_item i ON i.brand_id = own.brand_id AND i.gtin = own.gtin AND i.active
      LEFT JOIN catalog_product p ON p.brand_id = i.brand_id AND p.id = i.product_id
      LEFT JOIN LATERAL (
           SELECT amount_minor FROM catalog_price c
            WHERE c.brand_id = %(brand)s AND c.price_list = '' AND c.item_id = i.id
              AND c.valid_from <= %(at)s AND (c.valid_to IS NULL OR c.valid_to > %(at)s)
            ORDER BY c.valid_from DESC LIMIT 1) price ON true
     WHERE own.brand_id = %(brand)s AND own.sku = %(sku)s AND own.gtin <> ''
       AND (p.id IS NULL OR p.state = 'on_sale')
     ORDER BY price.amount_minor NULLS LAST, i.sku LIMIT 100
"""


def compare_prices(brand_id: UUID, sku: str, at: datetime) -> list[SellerPrice]:
    """Who sells the item with this SKU's GTIN and for how much at a moment, the cheapest first; one statement.

    `seller` '' is the brand itself. Nothing when the SKU has no GTIN.
    """
    with in_brand(brand_id):
        return [SellerPrice(*row) for row in rows(SAME, {"brand": brand_id, "sku": sku, "at": at})]
