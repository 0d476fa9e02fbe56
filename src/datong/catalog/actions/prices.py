"""Price lists and dated prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from datong.brand import api as brands
from datong.catalog import rules
from datong.catalog.actions.common import DEFAULT, chunks, refuse, stamp, tell
from datong.catalog.queries import items_by_sku
from datong.catalog.types import Item, Price, PriceList
from datong.kernel import clock
from datong.kernel.bulk import array
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7

PUT_LISTS = """
    INSERT INTO catalog_pricelist (brand_id, code, currency, tax_inclusive, tax_rounding, delivery_tax_class,
                                   packaging_tax_class)
    SELECT %(brand)s, * FROM unnest(%(codes)s::text[], %(currencies)s::text[], %(inclusive)s::bool[],
                                    %(roundings)s::text[], %(delivery)s::text[], %(packaging)s::text[])
    ON CONFLICT (brand_id, code) DO UPDATE
       SET tax_inclusive = excluded.tax_inclusive, tax_rounding = excluded.tax_rounding,
           delivery_tax_class = excluded.delivery_tax_class, packaging_tax_class = excluded.packaging_tax_class
     WHERE catalog_pricelist.currency = excluded.currency
    RETURNING code
"""


def put_price_lists(brand_id: UUID, lists: Sequence[PriceList], *, by: str = "import") -> int:
    """Add price lists; a list's currency stays as it is (BadInput), since its prices are amounts in it."""
    rules.check_price_lists(lists)
    with in_brand(brand_id):
        stamp(brand_id, "rules")
        columns = {
            "codes": [row.code for row in lists],
            "currencies": [row.currency for row in lists],
            "inclusive": [row.tax_inclusive for row in lists],
            "roundings": [row.tax_rounding.value for row in lists],
            "delivery": [row.delivery_tax_class for row in lists],
            "packaging": [row.packaging_tax_class for row in lists],
        }
        done = {code for (code,) in rows(PUT_LISTS, {"brand": brand_id, **columns})}
        refuse("price_lists", [(i, "currency", row.currency) for i, row in enumerate(lists) if row.code not in done])
        tell(
            brand_id,
            "price_lists",
            len(lists),
            by,
            verb="price_list.put",
            of=(f"price list {each.code}" for each in lists),
        )
    return len(lists)


OPEN_DEFAULT = """
    INSERT INTO catalog_pricelist (brand_id, code, currency, tax_inclusive)
    VALUES (%(brand)s, '', %(currency)s, %(inclusive)s) ON CONFLICT (brand_id, code) DO NOTHING
"""
LISTS = "SELECT code, currency FROM catalog_pricelist WHERE brand_id = %(brand)s"


def lists_of(brand: UUID) -> dict[str, str]:
    """Currency by list code; the default list is opened in the brand's currency when it is first needed."""
    found = dict(rows(LISTS, {"brand": brand}))
    if DEFAULT not in found:
        stamp(brand, "rules")
        found[DEFAULT] = brands.get_brand(brand).currency
        execute(OPEN_DEFAULT, {"brand": brand, "currency": found[DEFAULT], "inclusive": True})
    return found


PUT_PRICES = """
    WITH new AS (
        SELECT * FROM unnest(%(lists)s::text[], %(items)s::uuid[], %(froms)s::timestamptz[], %(tos)s::timestamptz[],
                             %(amounts)s::bigint[], %(logs)s::uuid[])
                   AS new(price_list, item_id, valid_from, valid_to, amount_minor, log_id)
    ), kept AS (
        INSERT INTO catalog_replacedprice (brand_id, id, price_list, item_id, valid_from, valid_to, amount_minor,
                                           set_at, set_by, reason)
        SELECT p.brand_id, new.log_id, p.price_list, p.item_id, p.valid_from, p.valid_to, p.amount_minor,
               p.set_at, p.set_by, p.reason
          FROM new CROSS JOIN LATERAL (  -- by its key, whatever the planner believes of the table's size
               SELECT * FROM catalog_price c
                WHERE c.brand_id = %(brand)s AND c.price_list = new.price_list AND c.item_id = new.item_id
                  AND c.valid_from = new.valid_from LIMIT 1) p
         WHERE (p.amount_minor, p.valid_to) IS DISTINCT FROM (new.amount_minor, new.valid_to)
    )
    INSERT INTO catalog_price (brand_id, price_list, item_id, valid_from, valid_to, amount_minor,
                               set_at, set_by, reason)
    SELECT %(brand)s, price_list, item_id, valid_from, valid_to, amount_minor, %(now)s, %(by)s, %(reason)s FROM new
    ON CONFLICT (brand_id, price_list, item_id, valid_from) DO UPDATE
       SET valid_to = excluded.valid_to, amount_minor = excluded.amount_minor,
           set_at = excluded.set_at, set_by = excluded.set_by, reason = excluded.reason
     WHERE (catalog_price.amount_minor, catalog_price.valid_to)
           IS DISTINCT FROM (excluded.amount_minor, excluded.valid_to)
"""


def put_prices(brand_id: UUID, prices: Sequence[Price], *, by: str = "import", reason: str = "") -> int:
    """Load dated prices, as a brand is opened; what changes a price that holds goes by `change_prices`.

    One that corrects a row of the same moment keeps the old row in the history. Rows changed; all or nothing. Raises
    BadInput naming the fields: unknown SKUs and lists too.
    """
    rules.check_prices(prices)
    with in_brand(brand_id):
        stamp(brand_id, "prices")
        lists = lists_of(brand_id)
        items = items_by_sku(brand_id, {price.sku for price in prices})
        refuse("prices", [(i, "price_list", p.price_list) for i, p in enumerate(prices) if p.price_list not in lists])
        refuse("prices", [(i, "sku", p.sku) for i, p in enumerate(prices) if p.sku not in items])
        changed = write_prices(brand_id, prices, items, by, reason)
        names = (f"item {price.sku}" for price in prices)
        after = {"unit_minor": prices[0].amount_minor, "from": prices[0].valid_from} if len(prices) == 1 else None
        tell(brand_id, "prices", changed, by, verb="price.put", of=names, after=after, reason=reason)
    return changed


def write_prices(brand: UUID, prices: Sequence[Price], items: Mapping[str, Item], by: str, reason: str) -> int:
    """Write dated rows of prices that were checked; rows changed. One statement a 10,000."""
    return sum(execute(PUT_PRICES, _price_columns(brand, part, items, by, reason)) for part in chunks(prices))


def _price_columns(brand: UUID, prices: Sequence[Price], items: Any, by: str, reason: str) -> dict[str, Any]:
    return {
        "brand": brand,
        "lists": array(price.price_list for price in prices),
        "items": array(str(items[price.sku].id) for price in prices),
        "froms": array(price.valid_from.isoformat() for price in prices),
        "tos": [price.valid_to for price in prices],
        "amounts": array(str(price.amount_minor) for price in prices),
        "logs": array(str(uuid7()) for _ in prices),
        "now": clock.now(),
        "by": by[:120],
        "reason": reason[:300],
    }
