"""Tables of tills."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantKey, TenantModel


class Device(TenantModel):
    """A till of a store; its key is the API client of the same id. `marks`: what it was last told of each SKU."""

    id = TenantKey()
    store_id = models.UUIDField()
    channel_id = models.UUIDField()
    name = models.CharField(max_length=80)
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=40, default="")
    marks = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "store_id", "id"], name="tills_device_of_store")]


class Fact(TenantModel):
    """What a till told us, once by its own id. A sale's content is in the inbox: here is its digest only."""

    id = TenantKey()
    device_id = models.UUIDField()
    store_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    said_at = models.DateTimeField()
    by = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    shift_id = models.UUIDField(null=True)
    digest = models.BinaryField(max_length=32)
    body = models.JSONField()
    order_id = models.UUIDField(null=True)
    number = models.CharField(max_length=40, default="")
    inbox_id = models.UUIDField(null=True)
    problems = models.JSONField()
    note = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["brand_id", "store_id", "id"],
                name="tills_fact_open",
                condition=models.Q(state__in=("received", "refused")),
            )
        ]
