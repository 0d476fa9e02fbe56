"""Roles get a scope; the first of head office becomes the owner of the brand."""

from django.db import migrations, models


OWNERS = """
    UPDATE access_assignment a SET role = 'owner'
      FROM (SELECT DISTINCT ON (brand_id) brand_id, id FROM access_assignment WHERE role = 'hq'
             ORDER BY brand_id, since, id) first
     WHERE a.brand_id = first.brand_id AND a.id = first.id
       AND NOT EXISTS (SELECT 1 FROM access_assignment o WHERE o.brand_id = a.brand_id AND o.role = 'owner')
"""
SCOPES = "UPDATE access_assignment SET scope = 'store' WHERE cardinality(scope_ids) > 0"


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="assignment", name="access_assignment_scope"),
        migrations.RenameField(model_name="assignment", old_name="store_ids", new_name="scope_ids"),
        migrations.AddField(
            model_name="assignment",
            name="scope",
            field=models.CharField(
                choices=[("brand", "brand"), ("region", "region"), ("company", "company"), ("store", "store")],
                default="brand",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="assignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "owner"),
                    ("hq", "hq"),
                    ("region_manager", "region_manager"),
                    ("merchandiser", "merchandiser"),
                    ("store_manager", "store_manager"),
                    ("cashier", "cashier"),
                    ("store", "store"),
                    ("agent", "agent"),
                    ("finance", "finance"),
                    ("auditor", "auditor"),
                    ("integrator", "integrator"),
                ],
                max_length=20,
            ),
        ),
        migrations.RunSQL(SCOPES, migrations.RunSQL.noop),
        migrations.RunSQL(OWNERS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("scope", "brand"),
                    ("scope_ids", []),
                )
                | (~models.Q(scope="brand") & ~models.Q(scope_ids=[])),
                name="access_assignment_scope",
            ),
        ),
        migrations.AddField(
            model_name="client",
            name="created_by",
            field=models.CharField(default="", max_length=120),
        ),
    ]
