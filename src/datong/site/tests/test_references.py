"""What the database does not check, `datong doctor` proves."""

from django.apps import apps
from django.db import connections

from datong.kernel.ids import uuid7
from datong.orders.tests.conftest import open_shop
from datong.site.references import REFERENCES, faults, orphans


def test_every_reference_is_of_columns_that_are_there(db):
    columns = {m._meta.db_table: {f.column for f in m._meta.local_fields} for m in apps.get_models()}
    for table, column, parent, key in REFERENCES:
        assert column in columns[table] and key in columns[parent]


def test_a_brand_that_sold_is_sound_and_a_reference_to_nothing_is_found(committed_db, make_brand):
    shop = open_shop(make_brand())
    outcome = shop.place_one()
    assert faults() == []
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE orders_order SET store_id = %s WHERE id = %s", [uuid7(), outcome.order_id])
        cursor.execute("UPDATE inventory_stock SET reserved = reserved + 1 WHERE reserved = 1")
    assert [(o.table, o.column, o.rows) for o in orphans(shop.brand.id)] == [("orders_order", "store_id", 1)]
    assert len(faults()) == 2
