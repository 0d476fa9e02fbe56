from django.db import migrations, models

NUMBER = """
    ALTER TABLE catalog_pricechangeline ADD COLUMN number integer;
    UPDATE catalog_pricechangeline l SET number = n.number, price_list = coalesce(n.price_list, ''), begins = n.begins
      FROM (SELECT l.brand_id, l.change_id, l.item_id, c.wanted->>'price_list' AS price_list, c.begins,
                   row_number() OVER (PARTITION BY l.brand_id, l.change_id ORDER BY i.sku) AS number
              FROM catalog_pricechangeline l
              JOIN catalog_pricechange c ON c.brand_id = l.brand_id AND c.id = l.change_id
              JOIN catalog_item i ON i.brand_id = l.brand_id AND i.id = l.item_id) n
     WHERE n.brand_id = l.brand_id AND n.change_id = l.change_id AND n.item_id = l.item_id;
    ALTER TABLE catalog_pricechangeline ALTER COLUMN number SET NOT NULL;
    ALTER TABLE catalog_pricechangeline DROP CONSTRAINT catalog_pricechangeline_pkey;
    ALTER TABLE catalog_pricechangeline ADD CONSTRAINT catalog_pricechangeline_pkey
        PRIMARY KEY (brand_id, change_id, number)
"""


class Migration(migrations.Migration):
    """A change holds prices of any lists and dates, so a line is known by its number and not by its product."""

    dependencies = [("catalog", "0008_sizes")]

    operations = [
        migrations.AddField("pricechange", "mark", models.UUIDField(null=True)),
        migrations.AddField("pricechangeline", "price_list", models.CharField(default="", max_length=40)),
        migrations.AddField("pricechangeline", "begins", models.DateTimeField(null=True)),
        migrations.AddField("pricechangeline", "ends", models.DateTimeField(null=True)),
        migrations.RunSQL(
            NUMBER,
            state_operations=[
                migrations.AddField("pricechangeline", "number", models.IntegerField(), preserve_default=False),
                migrations.RemoveField("pricechangeline", "pk"),
                migrations.AddField(
                    "pricechangeline",
                    "pk",
                    models.CompositePrimaryKey(
                        "brand_id", "change_id", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            "pricechange",
            models.Index(
                fields=["brand_id", "mark"], condition=models.Q(mark__isnull=False), name="catalog_change_mark"
            ),
        ),
        migrations.AddIndex(
            "pricechangeline", models.Index(fields=["brand_id", "item_id"], name="catalog_change_item")
        ),
    ]
