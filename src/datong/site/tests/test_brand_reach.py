"""What a query without a filter reaches by each way into the database, whatever its transaction was told."""

import pytest
from django.db import DatabaseError, connections, transaction

from datong.catalog.api import put_items
from datong.catalog.types import Item
from datong.customers.api import identify
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import catalogue
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.kernel.roles import role
from datong.kernel.tenancy import OWN_ROWS

COUNTS = {
    "table": "SELECT count(*) FROM inventory_stock",
    "partitioned table": "SELECT count(*) FROM inventory_movement",
    "view": "SELECT count(*) FROM stock_view",
    "view of a partitioned table": "SELECT count(*) FROM movement_view",
    "search of items": "SELECT count(*) FROM catalog_search_items('%%tea%%', ARRAY['%%tea%%'], 10)",
    "search of customers": "SELECT count(*) FROM customers_search('%%ann%%', 10)",
    "search of orders": "SELECT count(*) FROM orders_search('ann', 'ann~', ARRAY['ann'], true, NULL, NULL, 10)",
}
LARGE = 2
"""Rows of the first brand by each way; the second has one."""


ORDER = """
    INSERT INTO orders_order (brand_id, id, number, channel_id, external_id, state, fulfilment, payment, paid, model,
                              currency, total_minor, tax_minor, units, placed_at, contact_name, contact_phone,
                              contact_email, contact_masked, address, note, trace, exceptions)
    VALUES (%(brand)s, %(id)s, '1', %(id)s, %(n)s, 'completed', 'till', 'till', true, 'B2C', 'USD', 1, 0, 1, now(),
            'Ann', '', '', false, '', '', '', 0)
"""


def fill(brand, count):
    items = [Item(uuid7(), f"TEA-{n}", f"Tea {n}") for n in range(count)]
    put_items(brand.id, items)
    put_stock(brand.id, [StockRow(uuid7(), item.id, 3) for item in items])
    people = [(Identity(IdentityKind.CARD, f"C{n}", True),) for n in range(count)]
    identify([Sighting(uuid7(), shown, f"Ann {n}") for n, shown in enumerate(people)], brand=brand.id)
    with in_brand(brand.id):
        for n in range(count):
            execute(ORDER, {"brand": brand.id, "id": uuid7(), "n": n})


@pytest.fixture
def brands(committed_db, make_brand):
    large, small, empty = make_brand(), make_brand(), make_brand()
    fill(large, LARGE)
    fill(small, 1)
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE VIEW stock_view WITH (security_invoker) AS SELECT * FROM inventory_stock")
        cursor.execute("CREATE VIEW movement_view WITH (security_invoker) AS SELECT * FROM inventory_movement")
        cursor.execute(f"GRANT SELECT ON stock_view, movement_view TO {role('app')}")
    return {"large": large.id, "small": small.id, "without rows": empty.id, "unheard of": uuid7()}


def tell(setting, brands):
    """Begin as a transaction would that was told `setting`: a session of its own, which never heard of a brand."""
    if setting == "never set":
        assert rows("SELECT current_setting('datong.brand', true)") == [(None,)]
    elif setting == "empty":
        execute("SELECT set_config('datong.brand', '', true)")
    elif setting == "of the transaction before":
        pass
    else:
        execute("SELECT set_config('datong.brand', %s, true)", [str(brands[setting])])


SETTINGS = [
    ("never set", 0), ("empty", 0), ("of the transaction before", 0),
    ("without rows", 0), ("unheard of", 0), ("small", 1), ("large", LARGE),
]  # fmt: skip


def asked(sql, setting, brands):
    """What a new session of the application's role is answered in a transaction that was told `setting`."""
    connections["default"].close()
    if setting == "of the transaction before":
        with transaction.atomic():
            tell("large", brands)
            assert rows(COUNTS["table"]) == [(LARGE,)]
        assert rows("SELECT current_setting('datong.brand', true)") == [("",)]
    with transaction.atomic():
        tell(setting, brands)
        return rows(sql)


@pytest.mark.parametrize(("setting", "seen"), SETTINGS, ids=[name for name, _ in SETTINGS])
def test_a_query_without_a_filter_sees_the_rows_of_the_transactions_brand_only(brands, setting, seen):
    counts = {way: asked(sql, setting, brands) for way, sql in COUNTS.items()}
    assert counts == dict.fromkeys(COUNTS, [(seen,)])


def test_a_partition_itself_answers_nobody(brands):
    with connections["owner"].cursor() as cursor:
        partitions = [t.name for t in catalogue.tables(cursor) if t.partition_of]
    assert len(partitions) > 10
    for setting, _ in SETTINGS:
        for partition in partitions:
            with pytest.raises(DatabaseError, match="permission denied"):
                asked(f"SELECT count(*) FROM {partition}", setting, brands)


OTHERS_EYES = """
    SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
     WHERE p.prosecdef AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
     ORDER BY 1
"""


def test_no_other_function_reads_with_eyes_that_see_every_brand(db):
    """Each that gives rows is one of the ways above."""
    found = [name for (name,) in rows(OTHERS_EYES)]
    assert found == [
        "catalog_know_sizes",
        "catalog_search_items",
        "catalog_search_shelf",
        "customers_forget_looks",
        "customers_search",
        "kernel_redact_locked",
        "orders_search",
    ]


ERASERS = """
    SELECT polrelid::regclass::text, pg_get_expr(polqual, polrelid) FROM pg_policy
     WHERE EXISTS (SELECT 1 FROM pg_roles r WHERE r.oid = ANY(polroles) AND r.rolname LIKE '%eraser') ORDER BY 1
"""


def test_what_erases_sees_the_brand_of_the_transaction_only(db):
    """`kernel_redact_locked` and `customers_forget_looks` run as a role that has the application's own limits."""
    found = dict(rows(ERASERS))
    assert {"kernel_auditentry", "kernel_outboxevent", "orders_event", "customers_look"} <= found.keys()
    assert set(found.values()) == {OWN_ROWS}
