"""Tables of baskets."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Basket(TenantModel):
    """What somebody means to buy: known by the hash of a browser's token, or the customer it belongs to."""

    id = TenantKey()
    token_hash = models.CharField(max_length=64, null=True)
    customer_id = models.UUIDField(null=True)
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "token_hash"], condition=Q(token_hash__isnull=False), name="orders_basket_token"
            ),
            models.UniqueConstraint(
                fields=["brand_id", "customer_id"],
                condition=Q(customer_id__isnull=False),
                name="orders_basket_customer",
            ),
        ]
        indexes = [models.Index(fields=["brand_id", "changed_at"], name="orders_basket_old")]


class BasketLine(TenantModel):
    """Units of one SKU with the same choices."""

    pk = models.CompositePrimaryKey("brand_id", "basket_id", "key")
    basket = TenantForeignKey(Basket)
    key = models.CharField(max_length=64)
    sku = models.CharField(max_length=60)
    options = ArrayField(models.CharField(max_length=60), default=list)
    units = models.IntegerField()
    seen_minor = models.BigIntegerField()
    added_at = models.DateTimeField()
