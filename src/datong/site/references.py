"""References the database does not check on its hot tables: proven here, by `datong doctor`, brand by brand.

A foreign key to every parent would double the cost of an order (ADR 2); the rows are written in one transaction by one
verb, so that a reference to nothing would be our own mistake, and this is where it would be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.db.models import UUIDField

from datong.brand.api import list_brands
from datong.inventory.api import audit
from datong.kernel.db import in_brand, rows
from datong.kernel.models import KeyPart
from datong.kernel.tenancy import shape_of
from datong.ledger.api import verify
from datong.orders.api import proof

NAMED = {
    "account_id": "ledger_account",
    "approval_id": "access_approval",
    "case_id": "service_case",
    "channel_id": "brand_channel",
    "credit_id": "ledger_account",
    "customer_id": "customers_customer",
    "debit_id": "ledger_account",
    "device_id": "tills_device",
    "erp_id": "sync_erp",
    "from_id": "brand_store",
    "hold_id": "ledger_hold",
    "item_id": "catalog_item",
    "location_id": "brand_store",
    "order_id": "orders_order",
    "part_id": "catalog_item",
    "product_id": "catalog_product",
    "project_id": "shadow_project",
    "courier_id": "fulfilment_courier",
    "station_id": "fulfilment_station",
    "store_id": "brand_store",
    "system_id": "shadow_system",
    "purse_id": "wallet_purse",
    "to_id": "brand_store",
}
"""What a column of this name refers to, in whatever table it stands."""
ITS_OWN = {
    ("customers_bond", "other_id"): "customers_customer",
    ("customers_card", "replaced_by"): "customers_card",
    ("customers_customer", "head_id"): "customers_customer",
    ("customers_merge", "a"): "customers_customer",
    ("customers_merge", "b"): "customers_customer",
    ("customers_mergeproposal", "a"): "customers_customer",
    ("customers_mergeproposal", "b"): "customers_customer",
    ("customers_mergeproposal", "keep"): "customers_customer",
    ("orders_return", "exchange_id"): "orders_order",
    ("matching_pair", "a"): "customers_customer",
    ("matching_pair", "b"): "customers_customer",
    ("books_statemententry", "statement_id"): "books_statement",
    ("books_shift", "till_id"): "tills_device",
    ("catalog_pricechange", "undoes"): "catalog_pricechange",
    ("inventory_count", "adjustment_id"): "inventory_adjustment",
    ("merchants_entry", "contract_id"): "merchants_contract",
    ("merchants_entry", "run_id"): "merchants_run",
    ("merchants_partnercard", "sale_id"): "merchants_cardsale",
    ("merchants_cardreturn", "sale_id"): "merchants_cardsale",
    ("invoices_document", "of_id"): "invoices_document",
    ("ledger_reversal", "transfer_id"): "ledger_transfer",
    ("ledger_reversal", "reversal_id"): "ledger_transfer",
    ("brand_visit", "entry_id"): "brand_entry",
    ("orders_credit", "reverses"): "orders_credit",
    ("orders_order", "entry_id"): "brand_entry",
    ("orders_order", "visit_id"): "brand_visit",
    ("orders_order", "referred_store_id"): "brand_store",
    ("wallet_coupon", "payment_id"): "wallet_payment",
    ("wallet_groupmember", "voucher_id"): "wallet_voucher",
    ("wallet_packet", "giver_id"): "customers_customer",
    ("wallet_packetclaim", "voucher_id"): "wallet_voucher",
    ("wallet_purse", "replaced_by"): "wallet_purse",
    ("wallet_returned", "refund_id"): "payments_refund",
    ("wallet_shortfall", "payment_id"): "wallet_payment",
    ("wallet_take", "purse_id"): "wallet_purse",
    ("orders_question", "substitute_id"): "catalog_item",
    ("orders_withdrawal", "refund_id"): "payments_refund",
    ("shadow_line", "order_id"): "shadow_order",
    ("wallet_lot", "purse_id"): "wallet_pointpurse",
    ("wallet_pointmove", "lot_id"): "wallet_lot",
    ("wallet_pointmove", "purse_id"): "wallet_pointpurse",
    ("wallet_voucher", "batch_id"): "wallet_voucherbatch",
}
"""Columns that refer to something their name does not say."""


def references() -> list[tuple[str, str, str]]:
    """(table, column, parent table) of every reference that no foreign key checks: by its name, or listed above."""
    found = []
    for model in apps.get_models():
        shape = shape_of(model)
        if shape is None:
            continue
        checked = {column for column, _, _ in shape.parents}
        for field in model._meta.local_fields:
            column = str(field.column)
            if column in checked or not isinstance(field, UUIDField | KeyPart):
                continue
            parent = ITS_OWN.get((shape.table, column), NAMED.get(column))
            if parent:
                found.append((shape.table, column, parent))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Orphans:
    """Rows of `table` whose `column` names nothing in `parent`."""

    table: str
    column: str
    parent: str
    rows: int


NOBODY = "00000000-0000-0000-0000-000000000001"  # below it is 0: "everywhere", where a key needs something
OLDEST = """
    SELECT parent.relname, min(substring(pg_get_expr(month.relpartbound, month.oid) from '[0-9a-f-]{36}'))
      FROM pg_inherits i JOIN pg_class parent ON parent.oid = i.inhparent JOIN pg_class month ON month.oid = i.inhrelid
     WHERE parent.relkind = 'p' GROUP BY 1
"""


def orphans(brand_id: UUID) -> list[Orphans]:
    """Every reference that leads nowhere; an empty list is a sound brand. Reads whole tables: not for a request.

    What names a row of a month that was taken out (`kernel.partitions`) is history, and no fault.
    """
    found = []
    with in_brand(brand_id):
        oldest = dict(rows(OLDEST))
        for table, column, parent in references():
            # The names are those of our own models.
            sql = f"""
                SELECT count(*) FROM {table} c
                 WHERE c.brand_id = %(brand)s AND c.{column} >= %(oldest)s AND NOT EXISTS
                       (SELECT 1 FROM {parent} p WHERE p.brand_id = %(brand)s AND p.id = c.{column})
            """  # noqa: S608
            since = oldest.get(
                parent, "00000000-0000-0000-0000-000000000001"
            )  # 0 is "everywhere", where a key needs one
            ((count,),) = rows(sql, {"brand": brand_id, "oldest": since})
            if count:
                found.append(Orphans(table, column, parent, count))
    return found


def faults() -> list[str]:
    """What does not add up, brand by brand, in words; empty when every invariant holds."""
    found = []
    for brand in list_brands():
        found += [f"{brand.slug}: {o.rows} of {o.table}.{o.column} name no {o.parent}" for o in orphans(brand.id)]
        found += [f"{brand.slug}: ledger {d}" for d in verify(brand.id).differences]
        stock, book = audit(brand.id), proof(brand.id)
        if not stock.sound:
            found.append(f"{brand.slug}: {stock}")
        if not book.sound:
            found.append(f"{brand.slug}: {book}")
    return found
