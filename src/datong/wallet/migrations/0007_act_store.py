from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wallet", "0006_points_in_payments")]

    operations = [
        migrations.AddField(model_name="pointact", name="store_id", field=models.UUIDField(null=True)),
    ]
