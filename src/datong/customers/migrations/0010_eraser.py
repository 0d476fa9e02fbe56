"""The role that erases: a person's words in steps and consents, and looks that are past their retention."""

from typing import Any

from django.db import migrations

from datong.kernel.roles import role
from datong.kernel.tenancy import BRAND, open_to_eraser

COLUMNS = {"customers_step": ("about",), "customers_consent": ("source", "text_version")}
SIGNATURE = "customers_forget_looks(uuid)"
# The brand is the transaction's; a look younger than thirty days stays, whoever asks.
FORGET = f"""
    CREATE FUNCTION customers_forget_looks(before uuid) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
        WITH gone AS (DELETE FROM customers_look
                       WHERE brand_id = {BRAND} AND id < before AND at < now() - interval '30 days' RETURNING 1)
        SELECT count(*) FROM gone
    $$
"""  # noqa: S608  constants only


def create(apps: Any, editor: Any) -> None:
    eraser, app = role("eraser"), role("app")
    own = f"brand_id = {BRAND}"
    for statement in (
        *(statement for table, columns in COLUMNS.items() for statement in open_to_eraser(table, *columns)),
        f"CREATE POLICY eraser_ends ON customers_look TO {eraser} USING ({own})",
        f"GRANT SELECT, DELETE ON customers_look TO {eraser}",
        FORGET,
        f"GRANT CREATE ON SCHEMA public TO {eraser}",
        f"ALTER FUNCTION {SIGNATURE} OWNER TO {eraser}",
        f"REVOKE CREATE ON SCHEMA public FROM {eraser}",
        f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {app}",
    ):
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    editor.execute(f"DROP FUNCTION {SIGNATURE}")
    for table in COLUMNS:
        editor.execute(f"DROP POLICY eraser_words ON {table}")
    editor.execute("DROP POLICY eraser_ends ON customers_look")


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_data_rights"), ("kernel", "0004_redact")]
    operations = [migrations.RunPython(create, drop)]
