"""Every table keeps brands apart, and the database proves it, not the code."""

import re

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from datong.inventory.api import put_stock
from datong.inventory.types import StockRow
from datong.kernel import catalogue, clock, distribute, partitions
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.kernel.roles import role
from datong.kernel.tenancy import shape_of


@pytest.fixture
def all_tables(db):
    with connection.cursor() as cursor:
        return {table.name: table for table in catalogue.tables(cursor)}


def test_every_table_meets_the_rules_of_tenancy(all_tables):
    found = [
        f for t in all_tables.values() for f in catalogue.faults(t, all_tables, settings.GLOBAL_TABLES, role("app"))
    ]
    assert found == []
    assert len([t for t in all_tables.values() if t.partitioned]) >= 6


def test_the_list_of_global_tables_names_only_tables_that_are_there(all_tables):
    assert set(all_tables) >= settings.GLOBAL_TABLES


def test_there_is_no_sequence_and_no_trigger_of_ours(all_tables):
    with connection.cursor() as cursor:
        ours = [s for s in catalogue.sequences(cursor) if not s.startswith(("django_", "auth_", "account_", "mfa_"))]
    assert ours == [] and not any(t.triggers for t in all_tables.values())


@pytest.mark.parametrize(
    ("ddl", "fault"),
    [
        ("CREATE TABLE planted (id int PRIMARY KEY)", "no brand_id as its first column"),
        ("CREATE TABLE planted (brand_id uuid, id uuid, PRIMARY KEY (id, brand_id))", "primary key"),
        ("CREATE TABLE planted (brand_id uuid, id uuid, PRIMARY KEY (brand_id, id), UNIQUE (id))", "unique"),
        (
            "CREATE TABLE planted (brand_id uuid, id uuid, PRIMARY KEY (brand_id, id)); CREATE INDEX ON planted (id)",
            "index",
        ),
        ("CREATE TABLE planted (brand_id uuid, id uuid, PRIMARY KEY (brand_id, id))", "not forced"),
        (
            "CREATE TABLE planted (brand_id uuid, order_id uuid, PRIMARY KEY (brand_id, order_id), "
            "FOREIGN KEY (brand_id, order_id) REFERENCES orders_order (brand_id, id))",
            "is not partitioned by that key",
        ),
    ],
)
def test_a_planted_fault_is_found(committed_db, ddl, fault):
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(ddl)
        found = {table.name: table for table in catalogue.tables(cursor)}
    assert any(fault in f for f in catalogue.faults(found["planted"], found, settings.GLOBAL_TABLES, role("app")))


OWN = "brand_id = NULLIF(current_setting('datong.brand', true), '')::uuid"


@pytest.mark.parametrize(
    ("ddl", "fault"),
    [
        ("ALTER POLICY brand_rows ON risk_verdict USING (true) WITH CHECK (true)", "no policy that limits"),
        ("ALTER POLICY brand_rows ON risk_verdict USING (true)", "no policy that limits"),
        ("ALTER POLICY brand_rows ON risk_verdict WITH CHECK (true)", "no policy that limits"),
        (f"ALTER POLICY brand_rows ON risk_verdict USING ({OWN} OR brand_id IS NOT NULL)", "no policy that limits"),
        ("ALTER POLICY brand_rows ON risk_verdict TO {app}, {relay}", "no policy that limits"),
        ("DROP POLICY brand_rows ON risk_verdict", "no policy that limits"),
        ("CREATE POLICY more ON risk_verdict TO {app} USING (true)", "policy more lets"),
        ("CREATE POLICY more ON risk_verdict FOR SELECT TO {relay}, {app} USING (true)", "policy more lets"),
        ("CREATE POLICY more ON risk_verdict FOR INSERT TO PUBLIC WITH CHECK (true)", "policy more lets"),
    ],
)
def test_a_policy_that_says_more_than_the_brands_own_rows_is_found(committed_db, ddl, fault):
    with connections["owner"].cursor() as cursor:
        cursor.execute(ddl.format(app=role("app"), relay=role("relay")))
        found = {table.name: table for table in catalogue.tables(cursor)}
    faults = [f for t in found.values() for f in catalogue.faults(t, found, settings.GLOBAL_TABLES, role("app"))]
    assert [f.startswith("risk_verdict: ") and fault in f for f in faults] == [True], faults


def test_the_plan_to_distribute_covers_every_tenant_table_parents_first(all_tables):
    plan = distribute.plan(list(all_tables.values()), settings.GLOBAL_TABLES)
    names = [m[1] for line in plan if (m := re.match(r"SELECT create_distributed_table\('(\w+)', 'brand_id'", line))]
    tenant = {n for n, t in all_tables.items() if n not in settings.GLOBAL_TABLES and not t.partition_of}
    assert set(names) == tenant and len(names) == len(tenant)
    assert names.index("orders_order") < names.index("orders_line")
    assert plan[1] == "SELECT create_reference_table('brand_brand');"
    assert all(names.index(key.target) < names.index(n) for n in names for key in all_tables[n].foreign_keys)
    together = f", colocate_with => '{names[0]}');"
    assert [line.endswith(together) for line in plan if "create_distributed_table" in line] == [
        name != names[0] for name in names
    ]


def test_the_plan_gives_every_table_its_key_to_the_brand_last_and_says_which_cannot_have_one(all_tables):
    plan = distribute.plan(list(all_tables.values()), settings.GLOBAL_TABLES)
    tenant = [t for n, t in all_tables.items() if n not in settings.GLOBAL_TABLES and not t.partition_of]
    last = max(n for n, line in enumerate(plan) if "create_distributed_table" in line)
    key = "ALTER TABLE {0} ADD CONSTRAINT {0}_brand_fk FOREIGN KEY (brand_id) REFERENCES brand_brand (id);"
    after = {line: plan.count(line) for line in plan[last + 1 :] if not line.startswith("--")}
    assert after == {key.format(t.name): 1 for t in tenant if not t.partitioned}
    none = "-- no key to brand_brand, which cannot be added to a partitioned table: "
    said = sorted(line.removeprefix(none) for line in plan if line.startswith(none))
    assert said == sorted(t.name for t in tenant if t.partitioned) and len(said) >= 6
    stays = {line.rpartition(" ")[2] for line in plan if line.startswith("-- stays on the coordinator: ")}
    assert stays == settings.GLOBAL_TABLES - {"brand_brand"}


def test_a_partitioned_table_has_its_keys_to_parents_inline(all_tables):
    """They cannot be added when it is distributed: what its model says is a parent, the table refers to already."""
    shapes = [shape for model in apps.get_models() if (shape := shape_of(model)) and shape.partition_key]
    there = {s.table: {(k.columns[1], k.target, k.target_columns[1]) for k in all_tables[s.table].foreign_keys}
             for s in shapes}  # fmt: skip
    assert there == {shape.table: set(shape.parents) for shape in shapes}
    assert there["orders_line"] == {("order_id", "orders_order", "id")}


def test_every_tenant_model_has_the_columns_its_table_was_born_with(all_tables):
    for model in apps.get_models():
        shape = shape_of(model)
        if shape:
            table = all_tables[shape.table]
            assert table.primary_key == shape.key
            assert {k.columns for k in table.foreign_keys} >= {("brand_id", column) for column, _, _ in shape.parents}
            assert table.partition_key == ((shape.partition_key,) if shape.partition_key else ())
        else:
            assert model._meta.db_table in settings.GLOBAL_TABLES


def test_every_declared_constraint_and_index_is_in_the_database(db):
    there = {
        name
        for (name,) in rows(
            "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind IN ('i', 'I')"
        )
    }
    declared = {c.name for m in apps.get_models() for c in (*m._meta.constraints, *m._meta.indexes)}
    assert len(declared) > 40 and declared - there == set()


@pytest.fixture
def two_brands(db, make_brand):
    mine, other = make_brand(), make_brand()
    for brand in (mine, other):
        put_stock(brand.id, [StockRow(uuid7(), uuid7(), 3)])
    return mine, other


COUNT = "SELECT count(*) FROM inventory_stock"


def test_a_query_that_forgets_its_filter_sees_its_own_brand_only(two_brands):
    for brand in two_brands:
        with in_brand(brand.id):
            assert rows(COUNT) == [(1,)]
            assert rows("SELECT DISTINCT brand_id FROM inventory_movement") == [(brand.id,)]


def test_after_the_block_the_brand_is_gone_again(two_brands):
    with in_brand(two_brands[0].id):
        pass
    assert rows(COUNT) == [(0,)]


def test_a_row_of_another_brand_can_neither_be_written_nor_changed(two_brands):
    mine, other = two_brands
    with in_brand(mine.id):
        assert execute("UPDATE inventory_stock SET on_hand = 0 WHERE brand_id = %s", [other.id]) == 0
        assert execute("DELETE FROM inventory_stock WHERE brand_id = %s", [other.id]) == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            execute(
                "INSERT INTO inventory_stock (brand_id, location_id, item_id, on_hand, reserved, safety)"
                " VALUES (%s, %s, %s, 1, 0, 0)",
                [other.id, uuid7(), uuid7()],
            )
    with in_brand(other.id):
        assert rows("SELECT on_hand FROM inventory_stock") == [(3,)]


def test_one_transaction_is_one_brands(two_brands):
    mine, other = two_brands
    with in_brand(mine.id), pytest.raises(RuntimeError, match="already inside brand"), in_brand(other.id):
        pass


@pytest.mark.parametrize("verb", ["UPDATE {} SET units = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_what_is_append_only_stays(two_brands, verb):
    with in_brand(two_brands[0].id), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        execute(verb.format("inventory_movement"))


def test_copy_into_a_secured_table_is_refused_by_the_database(committed_db, make_brand):
    brand = make_brand()
    copy = "COPY inventory_stock (brand_id) FROM STDIN"
    with in_brand(brand.id), connection.cursor() as cursor, pytest.raises(psycopg.errors.FeatureNotSupported):
        cursor.cursor.copy(copy).__enter__()


def test_the_application_owns_nothing_and_is_no_superuser(db):
    ((user, superuser, bypasses),) = rows(
        "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
    )
    assert user == role("app") and not superuser and not bypasses
    # A policy for a role is one for its members too.
    assert rows("SELECT roleid::regrole FROM pg_auth_members WHERE member = current_user::regrole") == []
    assert rows(
        "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    ) == [(0,)]


def test_a_view_shows_a_brand_its_own_rows_only(committed_db, make_brand):
    """A view without security_invoker would answer with its owner's eyes, which see every brand."""
    brands = [make_brand(), make_brand()]
    for brand in brands:
        put_stock(brand.id, [StockRow(uuid7(), uuid7(), 3)])
    with connections["owner"].cursor() as cursor:
        cursor.execute("CREATE VIEW leaky AS SELECT * FROM inventory_stock")
        cursor.execute("CREATE VIEW tight WITH (security_invoker) AS SELECT * FROM inventory_stock")
        cursor.execute(f"GRANT SELECT ON leaky, tight TO {role('app')}")
    with in_brand(brands[0].id):
        assert rows("SELECT count(*) FROM tight") == [(1,)]
        assert rows("SELECT count(*) FROM leaky") == [(2,)]


def test_no_view_of_ours_looks_with_its_owners_eyes(db):
    views = rows(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'"
        " WHERE c.relkind IN ('v', 'm') AND NOT coalesce(c.reloptions @> '{security_invoker=true}', false)"
    )
    assert views == []


def test_the_model_state_is_what_the_migrations_say(db):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_prepared_statements_and_server_side_binding_are_on(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.connection.prepare_threshold == 2
    assert connection.settings_dict["OPTIONS"]["server_side_binding"] is True
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


def test_a_month_can_be_detached_children_first_and_not_before_them(committed_db):
    """Rule of archiving: nothing unpartitioned refers to a partitioned table, and the children go first."""
    name = f"orders_order_{clock.now():%Y%m}"
    with connections["owner"].cursor() as cursor:
        insert_an_order(cursor)
        with pytest.raises(DatabaseError, match="still referenced"):
            cursor.execute(f"ALTER TABLE orders_order DETACH PARTITION {name}")
        with transaction.atomic(using="owner"):
            gone = partitions.detach(cursor, clock.now())
        assert gone.index(name) > gone.index(name.replace("orders_order", "orders_line"))
        for table, count in ((name, 1), ("orders_order", 0), (name.replace("orders_order", "orders_line"), 1)):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (count,)


def insert_an_order(cursor):
    """The barest order with a line, by the owner, past all rules."""
    brand, order = uuid7(), uuid7()
    cursor.execute(
        "INSERT INTO orders_order (brand_id, id, number, channel_id, external_id, state, fulfilment, payment, paid,"
        " model, currency, total_minor, tax_minor, units, exceptions, placed_at, contact_name, contact_phone,"
        " contact_email, contact_masked, address, note, trace) VALUES (%s, %s, 'N', %s, 'E', 'assigned', 'delivery',"
        " 'till', true, 'b2c', 'USD', 1, 0, 1, 0, now(), '', '', '', false, '', '', '')",
        [brand, order, uuid7()],
    )
    cursor.execute(
        "INSERT INTO orders_line (brand_id, order_id, line_no, sku, title, kind, units, unit_minor, discount_minor,"
        " tax_minor, total_minor, promotions, options) VALUES"
        " (%s, %s, 1, 'S', 'T', 'goods', 1, 1, 0, 0, 1, '[]', '[]')",
        [brand, order],
    )
