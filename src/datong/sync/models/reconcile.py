"""Tables of reconciliation: a channel's day, what differs, and totals that tills and files declare."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class Report(TenantModel):
    """A channel's day as it was last computed from the rows of both sides; see reconcile.types.Report."""

    pk = models.CompositePrimaryKey("brand_id", "day", "channel_id")
    day = models.DateField()
    channel_id = KeyPart()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    currency = models.CharField(max_length=3)
    their_count = models.IntegerField(null=True)
    their_minor = models.BigIntegerField(null=True)
    our_count = models.IntegerField()
    our_minor = models.BigIntegerField()
    declared = models.BooleanField(default=False)
    differences = models.IntegerField()
    read_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()


class Difference(TenantModel):
    """One order that differs on a channel's day, and what a person decided about it."""

    id = TenantKey()
    channel_id = models.UUIDField()
    day = models.DateField()
    kind = models.CharField(max_length=20)
    external_id = models.CharField(max_length=128)
    their_minor = models.BigIntegerField(null=True)
    our_minor = models.BigIntegerField(null=True)
    delta_count = models.IntegerField()
    delta_minor = models.BigIntegerField()
    note = models.CharField(max_length=60, default="")
    state = models.CharField(max_length=10)
    by = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=500, default="")
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "channel_id", "day", "external_id"], name="sync_difference_of_order"
            )
        ]


class Total(TenantModel):
    """What a till or a file declares its day was; who uploaded it."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "day")
    channel_id = KeyPart()
    day = models.DateField()
    orders = models.IntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
