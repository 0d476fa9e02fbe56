"""Tables of pulling: how far each channel's list was read, and every order it told of."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantModel


class Pull(TenantModel):
    """How a channel's own list of orders is read. `reach` and `full_reach` are the newest changes read (their clock),
    moved in the transaction that keeps what they cover; `full_since` is set while a full reading is under way.
    One worker at a time: `token` until `leased_until`."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id")
    channel_id = KeyPart()
    platform = models.CharField(max_length=20)
    reach = models.DateTimeField(null=True)
    full_since = models.DateTimeField(null=True)
    full_from = models.DateTimeField(null=True)
    full_reach = models.DateTimeField(null=True)
    full_cursor = models.TextField(default="")
    full_done_at = models.DateTimeField(null=True)
    full_due_at = models.DateTimeField(null=True)
    cursor = models.TextField(default="")
    cursor_since = models.DateTimeField(null=True)
    cursor_reach = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    token = models.UUIDField(null=True)
    heard_at = models.DateTimeField(null=True)
    failures = models.IntegerField(default=0)
    error = models.TextField(default="")
    error_at = models.DateTimeField(null=True)
    listed = models.BigIntegerField(default=0)
    gained = models.BigIntegerField(default=0)


class Theirs(TenantModel):
    """An order as the channel's own list told it last, and what of it was handed to the inbox. `gone_at`: a full
    reading of its time did not show it any more."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "external_id")
    channel_id = KeyPart()
    external_id = models.CharField(max_length=128)
    placed_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid = models.BooleanField()
    cancelled = models.BooleanField()
    counts = models.BooleanField()
    sha = models.BinaryField(max_length=32)
    first_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    handed = models.CharField(max_length=10, default="")
    handed_sha = models.BinaryField(max_length=32, default=b"")
    handed_at = models.DateTimeField(null=True)
    inbox_id = models.UUIDField(null=True)
    how = models.CharField(max_length=10, default="")

    class Meta:
        indexes = [models.Index(fields=["brand_id", "channel_id", "placed_at"], name="sync_theirs_by_day")]
