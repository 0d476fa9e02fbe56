"""Tables of sync: how a channel is reached, which of its products is which of ours, and what it is to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantModel

LANES = 8


class Link(TenantModel):
    """The way out to a channel: its address, its sealed credentials, its pace, and how it has been doing.

    `tokens` at `filled_at`, refilled by `per_s` up to `most`: one bucket for all workers. `until`: nothing goes before.
    """

    pk = models.CompositePrimaryKey("brand_id", "channel_id")
    channel_id = KeyPart(relay=True)
    platform = models.CharField(max_length=20)
    base_url = models.CharField(max_length=300)
    settings = models.JSONField(default=dict)
    sealed = models.BinaryField()
    per_s = models.FloatField()
    most = models.FloatField()
    tokens = models.FloatField()
    filled_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.CharField(max_length=80, default="")
    heard_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    error_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()


class Counterpart(TenantModel):
    """A product of ours and what it is at the channel. `fault` says why nothing is sent for it, '' when all is well."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "item_id")
    channel_id = KeyPart()
    item_id = KeyPart()
    sku = models.CharField(max_length=60)
    product_ref = models.CharField(max_length=120)
    variant_ref = models.CharField(max_length=120)
    stock_ref = models.CharField(max_length=120, default="")
    title = models.CharField(max_length=300, default="")
    fault = models.CharField(max_length=40, default="")
    found = models.CharField(max_length=300, default="")
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "channel_id", "product_ref", "variant_ref"], name="sync_counterpart_theirs"
            )
        ]


class Lane(TenantModel):
    """A share of a channel's messages, sent by one worker at a time; the lease ends by itself when the worker dies."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "lane")
    channel_id = KeyPart()
    lane = models.SmallIntegerField()
    leased_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)


class Outward(TenantModel):
    """What a channel is to know about a subject. The figure of a state (stock, price) is read when it is sent;
    `version` counts changes, `sent_version` is the one they confirmed. A step (accepted, shipped) has its `facts`.

    `event_at` is when the oldest unconfirmed change happened; `again`: an answer was unclear, say it once more.
    """

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "kind", "subject", "place")
    channel_id = KeyPart(relay=True)
    kind = models.CharField(max_length=12)
    subject = KeyPart()
    place = KeyPart()
    id = models.UUIDField()
    family = models.UUIDField()
    lane = models.SmallIntegerField()
    state = models.CharField(max_length=10)
    version = models.BigIntegerField(default=1)
    sent_version = models.BigIntegerField(default=0)
    facts = models.JSONField(default=dict)
    shown = models.BigIntegerField(null=True)
    event_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    again = models.BooleanField(default=False)
    tried_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    acked_at = models.DateTimeField(null=True)
    lag_ms = models.BigIntegerField(null=True)
    code = models.CharField(max_length=60, default="")
    why = models.TextField(default="")
    fix = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "failed", "skipped"]), name="sync_outward_state"
            ),
            models.UniqueConstraint(fields=["brand_id", "id"], name="sync_outward_id"),
        ]
        indexes = [
            models.Index(
                fields=["brand_id", "channel_id", "lane", "due_at"],
                name="sync_outward_due",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["brand_id", "channel_id", "state", "acked_at"], name="sync_outward_by_state"),
            models.Index(fields=["brand_id", "channel_id", "family"], name="sync_outward_family"),
        ]
