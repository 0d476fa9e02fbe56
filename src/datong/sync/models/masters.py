"""Tables of field masters: who leads which field at a channel, and how both sides stand."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantModel


class FieldMaster(TenantModel):
    """Who leads a field at a channel; without a row Datong leads price and stock, nobody title and description."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "field")
    channel_id = KeyPart()
    field = models.CharField(max_length=12)
    master = models.CharField(max_length=10)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class FieldValue(TenantModel):
    """A field of a product at a channel that differs, or did within a day; see masters.types.Field."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "item_id", "field")
    channel_id = KeyPart()
    item_id = KeyPart()
    field = models.CharField(max_length=12)
    sku = models.CharField(max_length=60)
    theirs = models.CharField(max_length=300)
    ours = models.CharField(max_length=300)
    state = models.CharField(max_length=10)
    fights = models.SmallIntegerField(default=0)
    since = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "state", "channel_id"], name="sync_fieldvalue_by_state")]
