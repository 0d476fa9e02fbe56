"""Tables of prices. Prices are dated rows: a change is a new row, a correction keeps what stood before."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from datong.catalog.models.items import Item
from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class PriceList(TenantModel):
    """A list of prices in one currency; '' is the brand's default."""

    pk = models.CompositePrimaryKey("brand_id", "code")
    code = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    tax_inclusive = models.BooleanField()
    tax_rounding = models.CharField(max_length=10, db_default="line")
    delivery_tax_class = models.CharField(max_length=40, db_default="standard")
    packaging_tax_class = models.CharField(max_length=40, db_default="standard")


class Price(TenantModel):
    """What an item costs in a list from a moment on; who set it, when, why."""

    pk = models.CompositePrimaryKey("brand_id", "price_list", "item_id", "valid_from")
    price_list = models.CharField(max_length=40)
    item = TenantForeignKey(Item)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    amount_minor = models.BigIntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="catalog_price_amount"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="catalog_price_span"
            ),
        ]


class ReplacedPrice(TenantModel):
    """What a price row said before it was corrected; never changed."""

    id = TenantKey(append_only=True)
    price_list = models.CharField(max_length=40)
    item = TenantForeignKey(Item)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    amount_minor = models.BigIntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "item_id", "id"], name="catalog_replaced_of")]


class Promotion(TenantModel):
    """A dated rule; what the columns mean is in types.Promotion."""

    id = TenantKey()
    code = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=12)
    value = models.BigIntegerField()
    threshold_minor = models.BigIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    skus = ArrayField(models.CharField(max_length=60), default=list)
    channels = ArrayField(models.UUIDField(), default=list)
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    priority = models.IntegerField()
    stackable = models.BooleanField()
    details = models.JSONField(db_default={})  # what only some kinds have: queries.promotions

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="catalog_promotion_code")]


class Epoch(TenantModel):
    """A new stamp with every change of lists, promotions and rates, so that every process drops what it remembers."""

    pk = models.CompositePrimaryKey("brand_id", "what")
    what = models.CharField(max_length=10)
    stamp = KeyPart()
