"""Search as the role that may read all rows: under row-level security the trigram index would not be used.

The brand is the transaction's, never an argument, so a caller cannot ask for another's rows.
"""

from typing import Any

from django.db import migrations

from datong.kernel.roles import role
from datong.kernel.tenancy import BRAND, open_to_search

SIGNATURE = "catalog_search_items(text, text[], int)"
CREATE = f"""
    CREATE FUNCTION catalog_search_items(longest text, every text[], at_most int) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        SELECT id FROM catalog_item
         WHERE brand_id = {BRAND} AND words LIKE longest AND words LIKE ALL (every)
         ORDER BY active DESC, length(words), id
         LIMIT at_most
    $$
"""  # noqa: S608  constants only


def create(apps: Any, editor: Any) -> None:
    search, app = role("search"), role("app")
    for statement in (
        *open_to_search("catalog_item"),
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
    editor.execute("DROP POLICY search_reads ON catalog_item")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
