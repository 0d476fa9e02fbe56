"""The role that erases a person's words may change the reasons of acts on points and vouchers."""

from typing import Any

from django.db import migrations

from datong.kernel.tenancy import open_to_eraser

TABLES = ("wallet_pointact", "wallet_voucheract")


def create(apps: Any, editor: Any) -> None:
    for table in TABLES:
        for statement in open_to_eraser(table, "reason"):
            editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    for table in TABLES:
        editor.execute(f"DROP POLICY eraser_words ON {table}")


class Migration(migrations.Migration):
    dependencies = [("wallet", "0004_stored"), ("kernel", "0004_redact")]
    operations = [migrations.RunPython(create, drop)]
