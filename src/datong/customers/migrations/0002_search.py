"""Search as the role that may read all rows: under row-level security the indexes would not be used.

The brand is the transaction's, never an argument, so a caller cannot ask for another's rows.
"""

from typing import Any

from django.db import migrations

from datong.kernel.roles import role
from datong.kernel.tenancy import BRAND, open_to_search

TABLES = ("customers_customer", "customers_identity")
SIGNATURE = "customers_search(text, int)"
CREATE = f"""
    CREATE FUNCTION customers_search(pattern text, at_most int) RETURNS TABLE (id uuid, matched text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        SELECT DISTINCT ON (hit.id) hit.id, hit.matched
          FROM ((SELECT customer_id AS id, value AS matched, 0 AS rank FROM customers_identity
                  WHERE brand_id = {BRAND} AND value ILIKE pattern ORDER BY length(value), value LIMIT at_most)
                UNION ALL
                (SELECT id, name, 1 FROM customers_customer
                  WHERE brand_id = {BRAND} AND name ILIKE pattern ORDER BY length(name), id LIMIT at_most)) hit
         ORDER BY hit.id DESC, hit.rank
         LIMIT at_most
    $$
"""  # noqa: S608  constants only


def create(apps: Any, editor: Any) -> None:
    search, app = role("search"), role("app")
    for statement in (
        *(statement for table in TABLES for statement in open_to_search(table)),
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
    for table in TABLES:
        editor.execute(f"DROP POLICY search_reads ON {table}")


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
