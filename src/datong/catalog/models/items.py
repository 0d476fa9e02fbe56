"""Tables of goods: what is sold, one row a SKU, and what a SKU is made of."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Item(TenantModel):
    """A SKU. `words` is what search looks in: sku, GTIN and all titles, lower case.

    `offer` is the stamp of its row in Offer, None for an item that is sold as it stands.
    """

    id = TenantKey()
    sku = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    tax_class = models.CharField(max_length=40)
    category = models.CharField(max_length=200)
    gtin = models.CharField(max_length=14)
    titles = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    words = models.TextField()
    product_id = models.UUIDField(null=True)
    offer = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "sku"], name="catalog_item_sku")]
        indexes = [
            GinIndex(fields=["brand_id", "words"], opclasses=["uuid_ops", "gin_trgm_ops"], name="catalog_item_words"),
            models.Index(fields=["brand_id", "category", "id"], name="catalog_item_category"),
            models.Index(fields=["brand_id", "product_id", "sku"], name="catalog_item_product"),
        ]


class Offer(TenantModel):
    """An item's parts and options as types.Offer, worked out when its product changes, so that a quote only reads."""

    pk = models.CompositePrimaryKey("brand_id", "item_id")
    item = TenantForeignKey(Item)
    body = models.JSONField()
