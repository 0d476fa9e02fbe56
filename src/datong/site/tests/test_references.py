"""What the database does not check, `datong doctor` proves."""

from django.apps import apps
from django.db import connections
from django.db.models import UUIDField

from datong.kernel.ids import uuid7
from datong.kernel.models import KeyPart
from datong.kernel.tenancy import shape_of
from datong.orders.tests.conftest import open_shop
from datong.site.references import faults, orphans, references

KNOWN_OTHERWISE = {
    # What it is about may be anything, or is no row of ours.
    "aggregate", "after", "at", "batch", "by_id", "ended_batch", "event_id", "family", "key", "last", "mark", "offer",
    "one_click", "visitor", "place", "place_id", "seq", "stamp", "subject", "subject_id", "token",
    # People and their requests, which are of no brand or may be gone.
    "asked_by_id", "held_by_id", "user_id", "holder",
    # Kept for a while only.
    "corrected_from", "feed_id", "inbox_id", "quote_id", "run_id",
    # What a till has not told yet.
    "shift_id",
    # What a courier's phone names; where it counts it is a key of the database.
    "task_id",
    # Of regions and companies, whose tables are small and whose verbs check them.
    "company_id", "counter_id", "parent_id", "region_id",
    # An order, an act, a top-up, or a line that was contested; a purse, card, lot or voucher that was taken over.
    "source_id", "thing_id",
}  # fmt: skip


def test_every_column_that_names_something_is_proven_or_known_to_need_no_proof():
    known = {(table, column) for table, column, _ in references()}
    columns = {m._meta.db_table: {f.column for f in m._meta.local_fields} for m in apps.get_models()}
    assert {parent for _, _, parent in references()} <= set(columns), "parents that are no tables"
    for model in apps.get_models():
        shape = shape_of(model)
        if shape is None:
            continue
        checked = {column for column, _, _ in shape.parents} | {"brand_id", "id"}
        for field in model._meta.local_fields:
            name = (shape.table, field.column)
            if isinstance(field, UUIDField | KeyPart) and field.column not in checked | KNOWN_OTHERWISE:
                assert name in known, f"{name}: say in site.references what it refers to"


def test_a_brand_that_sold_is_sound_and_a_reference_to_nothing_is_found(committed_db, make_brand):
    shop = open_shop(make_brand())
    outcome = shop.place_one()
    assert faults() == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE orders_order SET store_id = %s WHERE id = %s", [uuid7(), outcome.order_id])
        cursor.execute("UPDATE inventory_stock SET reserved = reserved + 1 WHERE reserved = 1")
    assert [(o.table, o.column, o.rows) for o in orphans(shop.brand.id)] == [("orders_order", "store_id", 1)]
    assert len(faults()) == 2
