"""Sold out (估清): somebody took an item off sale at a place, whatever the counters say."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class SoldOut(TenantModel):
    """From `since` until it ended; the row stays. `until` None: back by hand, or with the next goods (`on_arrival`).

    `batch` names the touch that made it and `ended_batch` the one that ended it, for undo.
    """

    id = TenantKey()
    location_id = KeyPart()
    item_id = KeyPart()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    on_arrival = models.BooleanField(default=False)
    by = models.CharField(max_length=80)
    reason = models.CharField(max_length=200, default="")
    batch = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, default="")
    ended_batch = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "location_id", "item_id"],
                condition=Q(ended_at=None),
                name="inventory_soldout_one_open",
            )
        ]
        indexes = [
            models.Index(fields=["brand_id", "item_id"], name="inventory_soldout_item", condition=Q(ended_at=None)),
            models.Index(
                fields=["brand_id", "until"],
                name="inventory_soldout_due",
                condition=Q(ended_at=None, until__isnull=False),
            ),
            models.Index(fields=["brand_id", "batch"], name="inventory_soldout_batch"),
            models.Index(
                fields=["brand_id", "ended_batch"],
                name="inventory_soldout_ended",
                condition=Q(ended_batch__isnull=False),
            ),
        ]
