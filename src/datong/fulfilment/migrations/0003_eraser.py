"""The role that erases a person's words may change those of steps."""

from typing import Any

from django.db import migrations

from datong.kernel.tenancy import open_to_eraser


def create(apps: Any, editor: Any) -> None:
    for statement in open_to_eraser("fulfilment_step", "reason"):
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    editor.execute("DROP POLICY eraser_words ON fulfilment_step")


class Migration(migrations.Migration):
    dependencies = [("fulfilment", "0002_steps"), ("kernel", "0004_redact")]
    operations = [migrations.RunPython(create, drop)]
