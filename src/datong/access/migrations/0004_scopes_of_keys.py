"""Keys that could read stores and channels without a scope go on: they get the two scopes."""

from django.db import migrations

GRANT = """
    UPDATE access_client SET scopes = scopes || (
        SELECT array_agg(s) FROM unnest(ARRAY['stores:read', 'channels:read']::varchar[]) s WHERE s <> ALL(scopes))
     WHERE NOT scopes @> ARRAY['stores:read', 'channels:read']::varchar[]
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0003_approvals")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
