"""The role that erases a person's words may change those of steps."""

from typing import Any

from django.db import migrations

from datong.kernel.tenancy import open_to_eraser


def create(apps: Any, editor: Any) -> None:
    for statement in open_to_eraser("service_step", "text"):
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    editor.execute("DROP POLICY eraser_words ON service_step")


class Migration(migrations.Migration):
    dependencies = [("service", "0001_initial"), ("kernel", "0004_redact")]
    operations = [migrations.RunPython(create, drop)]
