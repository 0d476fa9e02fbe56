"""Costs, policies, changes of many prices; decision tables and rates. All dated, nothing is deleted."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from datong.catalog.models.items import Item
from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Cost(TenantModel):
    """What one unit of an item costs the brand from a moment on."""

    pk = models.CompositePrimaryKey("brand_id", "item_id", "valid_from")
    item = TenantForeignKey(Item)
    valid_from = models.DateTimeField()
    cost_minor = models.BigIntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(cost_minor__gte=0), name="catalog_cost_amount")]


class PricePolicy(TenantModel):
    """Why and where a list of its own holds."""

    id = TenantKey()
    price_list = models.CharField(max_length=40)
    channels = ArrayField(models.UUIDField(), default=list)
    stores = ArrayField(models.UUIDField(), default=list)
    regions = ArrayField(models.CharField(max_length=80), default=list)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="catalog_policy_span"
            ),
        ]


class PriceChange(TenantModel):
    """A change of many prices, from its preview on; what it wants is in `wanted` (types.Wanted)."""

    id = TenantKey()
    state = models.CharField(max_length=10)
    wanted = models.JSONField()
    reason = models.CharField(max_length=300)
    currency = models.CharField(max_length=3)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    count = models.IntegerField()
    left_out = models.IntegerField()
    below_cost = models.IntegerField()
    big_jumps = models.IntegerField()
    worth_minor = models.BigIntegerField()
    begins = models.DateTimeField(null=True)
    approval_id = models.UUIDField(null=True)
    decided_by = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    undoes = models.UUIDField(null=True)
    mark = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "mark"], condition=Q(mark__isnull=False), name="catalog_change_mark")
        ]


class PriceChangeLine(TenantModel):
    pk = models.CompositePrimaryKey("brand_id", "change_id", "number")
    change = TenantForeignKey(PriceChange)
    number = models.IntegerField()
    item = TenantForeignKey(Item)
    before_minor = models.BigIntegerField(null=True)
    after_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField(null=True)
    margin_before_bps = models.IntegerField(null=True)
    margin_after_bps = models.IntegerField(null=True)
    flags = ArrayField(models.CharField(max_length=12), default=list)
    price_list = models.CharField(max_length=40, default="")
    begins = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "item_id"], name="catalog_change_item")]


class DecisionTable(TenantModel):
    """A version of a decision table; `body` is types.Table."""

    id = TenantKey()
    name = models.CharField(max_length=60)
    number = models.IntegerField()
    state = models.CharField(max_length=10)
    body = models.JSONField()
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField()
    valid_from = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=120, default="")
    approval_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "name", "number"], name="catalog_table_number"),
        ]


class Rate(TenantModel):
    """An interest or exchange rate from a moment on, times 100,000,000."""

    pk = models.CompositePrimaryKey("brand_id", "kind", "key", "valid_from")
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=60)
    valid_from = models.DateTimeField()
    value_e8 = models.BigIntegerField()
    set_by = models.CharField(max_length=120)
    set_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
