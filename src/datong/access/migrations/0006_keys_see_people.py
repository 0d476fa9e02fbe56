"""Keys that were told customers' contacts go on: those that read or deliver orders get the scope for them."""

from django.db import migrations

GRANT = """
    UPDATE access_client SET scopes = scopes || ARRAY['customers:read']::varchar[]
     WHERE scopes && ARRAY['orders:read', 'orders:write']::varchar[]
       AND NOT scopes @> ARRAY['customers:read']::varchar[]
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0005_sessions_and_invitations")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
