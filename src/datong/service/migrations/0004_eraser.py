"""The role that erases a person's words may change the reasons of compensations."""

from typing import Any

from django.db import migrations

from datong.kernel.tenancy import open_to_eraser


def create(apps: Any, editor: Any) -> None:
    for statement in open_to_eraser("service_given", "reason"):
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    editor.execute("DROP POLICY eraser_words ON service_given")


class Migration(migrations.Migration):
    dependencies = [("service", "0003_given")]
    operations = [migrations.RunPython(create, drop)]
