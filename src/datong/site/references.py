"""References the database does not check on its hot tables: proven here, by `datong doctor`, brand by brand.

A foreign key to every parent would double the cost of an order (ADR 2); the rows are written in one transaction by one
verb, so that a reference to nothing would be our own mistake, and this is where it would be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from datong.brand.api import list_brands
from datong.inventory.api import audit
from datong.kernel.db import in_brand, rows
from datong.ledger.api import check
from datong.orders.api import proof

REFERENCES = (
    ("orders_order", "channel_id", "brand_channel", "id"),
    ("orders_order", "store_id", "brand_store", "id"),
    ("orders_order", "customer_id", "customers_customer", "id"),
    ("orders_claim", "order_id", "orders_order", "id"),
    ("orders_finding", "order_id", "orders_order", "id"),
    ("catalog_item", "product_id", "catalog_product", "id"),
    ("orders_line", "item_id", "catalog_item", "id"),
    ("orders_allocation", "store_id", "brand_store", "id"),
    ("inventory_hold", "order_id", "orders_order", "id"),
    ("inventory_stock", "location_id", "brand_store", "id"),
    ("inventory_stock", "item_id", "catalog_item", "id"),
    ("inventory_shortfall", "order_id", "orders_order", "id"),
    ("purchasing_purchaseorder", "store_id", "brand_store", "id"),
    ("purchasing_orderline", "item_id", "catalog_item", "id"),
    ("purchasing_supplieritem", "item_id", "catalog_item", "id"),
    ("inventory_transfer", "from_id", "brand_store", "id"),
    ("inventory_transfer", "to_id", "brand_store", "id"),
    ("inventory_transferline", "item_id", "catalog_item", "id"),
    ("fulfilment_task", "order_id", "orders_order", "id"),
    ("fulfilment_task", "store_id", "brand_store", "id"),
    ("payments_payment", "order_id", "orders_order", "id"),
    ("customers_identity", "customer_id", "customers_customer", "id"),
    ("customers_customer", "head_id", "customers_customer", "id"),
    ("customers_merge", "a", "customers_customer", "id"),
    ("customers_merge", "b", "customers_customer", "id"),
)


@dataclass(frozen=True, slots=True)
class Orphans:
    """Rows of `table` whose `column` names nothing in `parent`."""

    table: str
    column: str
    parent: str
    rows: int


def orphans(brand_id: UUID) -> list[Orphans]:
    """Every reference that leads nowhere; an empty list is a sound brand. Reads whole tables: not for a request."""
    found = []
    with in_brand(brand_id):
        for table, column, parent, key in REFERENCES:
            # The names are the constants above.
            sql = f"""
                SELECT count(*) FROM {table} c
                 WHERE c.brand_id = %(brand)s AND c.{column} IS NOT NULL AND NOT EXISTS
                       (SELECT 1 FROM {parent} p WHERE p.brand_id = %(brand)s AND p.{key} = c.{column})
            """  # noqa: S608
            ((count,),) = rows(sql, {"brand": brand_id})
            if count:
                found.append(Orphans(table, column, parent, count))
    return found


def faults() -> list[str]:
    """What does not add up, brand by brand, in words; empty when every invariant holds."""
    found = []
    for brand in list_brands():
        found += [f"{brand.slug}: {o.rows} of {o.table}.{o.column} name no {o.parent}" for o in orphans(brand.id)]
        found += [f"{brand.slug}: ledger {d}" for d in check(brand.id)]
        stock, book = audit(brand.id), proof(brand.id)
        if not stock.sound:
            found.append(f"{brand.slug}: {stock}")
        if not book.sound:
            found.append(f"{brand.slug}: {book}")
    return found
