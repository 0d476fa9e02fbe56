"""What each door says of a record, how a brand chooses among it, and what somebody keeps by hand."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class Saying(TenantModel):
    """What a door last said of a record: `said` is field -> [value, when it was last said, when first]."""

    pk = models.CompositePrimaryKey("brand_id", "customer_id", "channel_id")
    customer_id = KeyPart()
    channel_id = KeyPart()
    said = models.JSONField()
    name = models.CharField(max_length=200)
    """As in `said`: found by a search."""

    class Meta:
        indexes = [
            GinIndex(fields=["brand_id", "name"], opclasses=["uuid_ops", "gin_trgm_ops"], name="customers_saying_name")
        ]


class Survivorship(TenantModel):
    """How the value of a field is chosen from then on; the latest of a field holds. Only added to."""

    id = TenantKey(append_only=True)
    field = models.CharField(max_length=12)
    rules = models.JSONField()
    sources = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500)


class Pin(TenantModel):
    """A value kept by hand; ended, not deleted. One stands for a record and field."""

    id = TenantKey()
    customer_id = models.UUIDField()
    field = models.CharField(max_length=12)
    text = models.CharField(max_length=500)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, default="")
    ended_reason = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "customer_id", "field"], name="customers_pin_stands", condition=Q(ended_at=None)
            )
        ]
        indexes = [
            GinIndex(fields=["brand_id", "text"], opclasses=["uuid_ops", "gin_trgm_ops"], name="customers_pin_text")
        ]
