"""Search finds people by what any door calls them and by what somebody keeps by hand, not only by a record's first name."""

from typing import Any

from django.db import migrations

from datong.kernel.roles import role
from datong.kernel.tenancy import BRAND, open_to_search

TABLES = ("customers_saying", "customers_pin")
SIGNATURE = "customers_search(text, int)"
BEFORE = f"""
                (SELECT customer_id AS id, value AS matched, 0 AS rank FROM customers_identity
                  WHERE brand_id = {BRAND} AND value ILIKE pattern ORDER BY length(value), value LIMIT at_most)
                UNION ALL
                (SELECT id, name, 1 FROM customers_customer
                  WHERE brand_id = {BRAND} AND name ILIKE pattern ORDER BY length(name), id LIMIT at_most)
"""  # noqa: S608  constants only
NOW = f"""{BEFORE}
                UNION ALL
                (SELECT customer_id, text, 1 FROM customers_pin
                  WHERE brand_id = {BRAND} AND text ILIKE pattern AND ended_at IS NULL
                  ORDER BY length(text), id LIMIT at_most)
                UNION ALL
                (SELECT customer_id, name, 2 FROM customers_saying
                  WHERE brand_id = {BRAND} AND name ILIKE pattern ORDER BY length(name), customer_id LIMIT at_most)
"""  # noqa: S608
CREATE = """
    CREATE FUNCTION customers_search(pattern text, at_most int) RETURNS TABLE (id uuid, matched text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        SELECT DISTINCT ON (hit.id) hit.id, hit.matched
          FROM ({branches}) hit
         ORDER BY hit.id DESC, hit.rank
         LIMIT at_most
    $$
"""


def replace(editor: Any, branches: str) -> None:
    search, app = role("search"), role("app")
    for statement in (
        f"DROP FUNCTION {SIGNATURE}",
        CREATE.replace("{branches}", branches),
        # The new owner of a function needs CREATE on its schema, at that moment only.
        f"GRANT CREATE ON SCHEMA public TO {search}",
        f"ALTER FUNCTION {SIGNATURE} OWNER TO {search}",
        f"REVOKE CREATE ON SCHEMA public FROM {search}",
        f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {app}",
    ):
        editor.execute(statement)


def widen(apps: Any, editor: Any) -> None:
    for table in TABLES:
        for statement in open_to_search(table):
            editor.execute(statement)
    replace(editor, NOW)


def narrow(apps: Any, editor: Any) -> None:
    replace(editor, BEFORE)
    for table in TABLES:
        editor.execute(f"DROP POLICY search_reads ON {table}")


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_golden_record")]
    operations = [migrations.RunPython(widen, narrow)]
