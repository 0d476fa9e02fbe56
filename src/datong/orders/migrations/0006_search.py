"""Orders are found by number, name or phone as the role that may read all rows: under row-level security a comparison
that is not leakproof (LIKE) uses no index. The brand is the transaction's, never an argument.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from datong.kernel.roles import role
from datong.kernel.tenancy import BRAND, open_to_search

SIGNATURE = "orders_search(text, text, text[], boolean, uuid, uuid, int)"
# `low` and `high` bound what begins with the text, in lower case for names: comparisons that find their index whatever
# the value. OFFSET 0 keeps the planner from walking the book by age for a rare text; a text that fits thousands (one
# letter, the year) is looked for among the newest 20,000: hits are dense there, and sorting all of them is slow. Without
# bitmaps, which would gather all that fits before the first 5,001 are counted.
MINE = f"o.brand_id = {BRAND}"
SINCE = "(below IS NULL OR o.id < below) AND (above IS NULL OR o.id > above)"
NUMBER = "o.number ~>=~ upper(low) AND o.number ~<~ upper(high)"
NAME = "by_contact AND o.contact_name <> '' AND lower(o.contact_name) ~>=~ lower(low)"
NAME = f"{NAME} AND lower(o.contact_name) ~<~ lower(high)"
PHONE = "by_contact AND o.contact_phone <> '' AND o.contact_phone = ANY(phones)"
FEW = f"SELECT 1 FROM orders_order o WHERE {MINE} AND {{how}} LIMIT 5001"  # noqa: S608  constants only
BRANCH = f"""
    (SELECT f.id FROM (SELECT o.id FROM orders_order o WHERE {MINE} AND {{how}} AND {SINCE} OFFSET 0) f
      ORDER BY f.id DESC LIMIT at_most)"""  # noqa: S608  constants only
CREATE = f"""
    CREATE FUNCTION orders_search(low text, high text, phones text[], by_contact boolean, below uuid, above uuid,
                                  at_most int) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_bitmapscan = off
    AS $$ BEGIN
        RETURN QUERY {" UNION ".join(BRANCH.format(how=how) for how in ("o.external_id = low", PHONE))};
        IF (SELECT count(*) FROM (({FEW.format(how=NUMBER)}) UNION ALL ({FEW.format(how=NAME)})) t) > 5000 THEN
            RETURN QUERY SELECT o.id
                           FROM (SELECT n.id, n.number, n.contact_name FROM orders_order n
                                  WHERE n.{MINE[2:]} AND {SINCE.replace("o.", "n.")}
                                  ORDER BY n.id DESC LIMIT 20000) o
                          WHERE {NUMBER} OR {NAME} ORDER BY o.id DESC LIMIT at_most;
        ELSE
            RETURN QUERY {" UNION ".join(BRANCH.format(how=how) for how in (NUMBER, NAME))};
        END IF;
    END $$
"""  # noqa: S608  constants only
NAMES = """
    CREATE INDEX orders_order_name ON orders_order (brand_id, lower(contact_name) text_pattern_ops)
     WHERE contact_name <> ''
"""


def create(apps: Any, editor: Any) -> None:
    search, app = role("search"), role("app")
    for statement in (
        NAMES,
        *open_to_search("orders_order"),
        CREATE,
        # The new owner of a function needs CREATE on its schema, at that moment only.
        f"GRANT CREATE ON SCHEMA public TO {search}",
        f"ALTER FUNCTION {SIGNATURE} OWNER TO {search}",
        f"REVOKE CREATE ON SCHEMA public FROM {search}",
        f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {app}",
    ):
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    editor.execute(f"DROP FUNCTION {SIGNATURE}")
    editor.execute("DROP POLICY search_reads ON orders_order")
    editor.execute("DROP INDEX orders_order_name")


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_eraser")]
    operations = [
        migrations.RemoveIndex(model_name="order", name="orders_order_by_number"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["brand_id", "number"], name="orders_order_number", opclasses=["uuid_ops", "text_pattern_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                fields=["brand_id", "contact_phone"], name="orders_order_phone", condition=~Q(contact_phone="")
            ),
        ),
        migrations.RunPython(create, drop),
    ]
