"""A way to tell the planner how large the catalogue has become, for a role that owns no table.

A check of a foreign key keeps the plan that it made when the tables were small, until they are analyzed: of a first file
of 100,000 products every row then looked through all of its brand's.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

from datong.kernel.roles import role

SIGNATURE = "catalog_know_sizes()"
CREATE = """
    CREATE FUNCTION catalog_know_sizes() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        BEGIN
            IF (SELECT reltuples < 1000 FROM pg_class WHERE oid = 'public.catalog_item'::regclass) THEN
                ANALYZE public.catalog_item;
                ANALYZE public.catalog_price;
            END IF;
        END
    $$
"""


def create(apps: Any, editor: Any) -> None:
    editor.execute(CREATE)
    editor.execute(f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC")
    editor.execute(f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {role('app')}")


def drop(apps: Any, editor: Any) -> None:
    editor.execute(f"DROP FUNCTION {SIGNATURE}")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_pictures")]
    operations = [migrations.RunPython(create, drop)]
