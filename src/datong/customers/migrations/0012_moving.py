"""What comes with people of another system: proofs, company, address, tags, and until when a card is good."""

from typing import Any

from django.db import migrations, models

from datong.kernel.roles import role


def let_go_of_proofs(apps: Any, editor: Any) -> None:
    """The role that erases lets go of the words that prove a consent, too."""
    editor.execute(f"GRANT UPDATE (proof) ON customers_consent TO {role('eraser')}")


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0011_details_and_bonds"),
    ]

    operations = [
        migrations.AddField(
            model_name="card",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="proof",
            field=models.CharField(db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="details",
            name="address",
            field=models.CharField(db_default="", default="", max_length=500),
        ),
        migrations.AddField(
            model_name="details",
            name="company",
            field=models.CharField(db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="details",
            name="tags",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="identity",
            name="proof",
            field=models.CharField(db_default="", default="", max_length=200),
        ),
        migrations.RunPython(let_go_of_proofs, migrations.RunPython.noop),
    ]
