"""What prices were, are and will be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from datong.catalog.types import (
    PriceRecord,
)
from datong.kernel.db import in_brand, rows

HISTORY = """
    SELECT i.sku, p.price_list, coalesce(l.currency, ''), p.amount_minor, p.valid_from, p.valid_to, p.set_at, p.set_by,
           p.reason, p.replaced
      FROM catalog_item i
      JOIN (SELECT brand_id, item_id, price_list, amount_minor, valid_from, valid_to, set_at, set_by, reason, false
              FROM catalog_price
             UNION ALL
            SELECT brand_id, item_id, price_list, amount_minor, valid_from, valid_to, set_at, set_by, reason, true
              FROM catalog_replacedprice)
           p(brand_id, item_id, price_list, amount_minor, valid_from, valid_to, set_at, set_by, reason, replaced)
        ON p.brand_id = i.brand_id AND p.item_id = i.id
      LEFT JOIN catalog_pricelist l ON l.brand_id = i.brand_id AND l.code = p.price_list
     WHERE i.brand_id = %(brand)s AND i.sku = %(sku)s
     ORDER BY p.price_list, p.valid_from DESC, p.set_at DESC
"""


def price_history(brand_id: UUID, sku: str) -> list[PriceRecord]:
    """Every price the item has or had or will have, list by list, latest first, corrected ones included."""
    with in_brand(brand_id):
        return [PriceRecord(*row) for row in rows(HISTORY, {"brand": brand_id, "sku": sku})]


PULSE = """
    SELECT count(*), max(set_at), count(*) FILTER (WHERE valid_from <= %(at)s),
           count(*) FILTER (WHERE valid_to <= %(at)s)
      FROM catalog_price WHERE brand_id = %(brand)s
"""


def price_pulse(brand_id: UUID, at: datetime) -> tuple[object, ...]:
    """Another value whenever a price was written, began or ended: who keeps prices for a while looks at it first."""
    with in_brand(brand_id):
        return tuple(rows(PULSE, {"brand": brand_id, "at": at})[0])
