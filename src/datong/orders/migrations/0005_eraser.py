"""The role that erases a person's words may change those of lines, events and decisions."""

from typing import Any

from django.db import migrations

from datong.kernel.tenancy import open_to_eraser

COLUMNS = {
    "orders_line": ("options",),
    "orders_event": ("reason", "detail"),
    "orders_decision": ("reason", "chosen", "refused"),
}


def create(apps: Any, editor: Any) -> None:
    for table, columns in COLUMNS.items():
        for statement in open_to_eraser(table, *columns):
            editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    for table in COLUMNS:
        editor.execute(f"DROP POLICY eraser_words ON {table}")


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_delivery_fee"), ("kernel", "0004_redact")]
    operations = [migrations.RunPython(create, drop)]
