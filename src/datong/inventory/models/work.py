"""Work on stock: counts and what was counted, adjustments, transfers between stores, and what an item costs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Count(TenantModel):
    """A stock count (盘点) of a place: open, then closed with an adjustment, or dropped."""

    id = TenantKey()
    location_id = models.UUIDField()
    state = models.CharField(max_length=10)  # open, closed, dropped
    title = models.CharField(max_length=80, default="")
    blind = models.BooleanField(default=True)
    items = models.JSONField(default=list)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, default="")
    adjustment_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "location_id", "id"], name="inventory_count_of")]


class Tally(TenantModel):
    """What one person counted at one moment; a count's figure is the sum, an entry that corrects is negative."""

    id = TenantKey(append_only=True)
    count = TenantForeignKey(Count)
    item_id = models.UUIDField()
    units = models.IntegerField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "count", "key"], name="inventory_tally_once")]
        indexes = [models.Index(fields=["brand_id", "count", "item_id"], name="inventory_tally_of")]


class Adjustment(TenantModel):
    """Units that come or go without an order: a count's differences, waste (报损), own use (领用).

    `lines` are [item, units with sign, cost in thousandths of a minor unit]. Pending until it is approved, done once.
    """

    id = TenantKey()
    location_id = models.UUIDField()
    kind = models.CharField(max_length=10)  # count, waste, own_use
    state = models.CharField(max_length=10)  # pending, done
    reason = models.CharField(max_length=40, default="")
    note = models.CharField(max_length=200, default="")
    lines = models.JSONField()
    value_minor = models.BigIntegerField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    approval_id = models.UUIDField(null=True)
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "key"], name="inventory_adjustment_once")]
        indexes = [models.Index(fields=["brand_id", "location_id", "id"], name="inventory_adjustment_of")]


class Transfer(TenantModel):
    """Stock on its way from one store to another (调拨): asked, sent, received or cancelled."""

    id = TenantKey()
    from_id = models.UUIDField()
    to_id = models.UUIDField()
    state = models.CharField(max_length=10)  # asked, sent, received, cancelled
    note = models.CharField(max_length=200, default="")
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    sent_by = models.CharField(max_length=80, default="")
    sent_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, default="")
    ended_at = models.DateTimeField(null=True)
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "key"], name="inventory_transfer_once")]
        indexes = [
            models.Index(fields=["brand_id", "from_id", "id"], name="inventory_transfer_from"),
            models.Index(fields=["brand_id", "to_id", "id"], name="inventory_transfer_to"),
            models.Index(fields=["brand_id", "id"], name="inventory_transfer_sent", condition=Q(state="sent")),
        ]


class TransferLine(TenantModel):
    """One item of a transfer: units asked for, sent (they left the one shelf), received (they lie on the other)."""

    pk = models.CompositePrimaryKey("brand_id", "transfer_id", "item_id")
    transfer = TenantForeignKey(Transfer)
    item_id = KeyPart()
    asked = models.IntegerField()
    sent = models.IntegerField(null=True)
    received = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(asked__gt=0), name="inventory_transferline_asked"),
            models.CheckConstraint(condition=Q(sent__gte=0), name="inventory_transferline_sent"),
            models.CheckConstraint(condition=Q(received__gte=0), name="inventory_transferline_received"),
        ]


class Cost(TenantModel):
    """What one unit of an item costs us: the moving average over its receipts, in thousandths of a minor unit."""

    pk = models.CompositePrimaryKey("brand_id", "item_id")
    item_id = KeyPart()
    cost_milli = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(cost_milli__gte=0), name="inventory_cost_not_negative")]


class Reason(TenantModel):
    """Why goods are written off, in the brand's own words."""

    pk = models.CompositePrimaryKey("brand_id", "kind", "code")
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    active = models.BooleanField(default=True)
