"""Tables of inventory: the counters, the holds that explain `reserved`, the movements that explain `on_hand`."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class Stock(TenantModel):
    """One item at one location. What a sale took beyond on_hand is a Shortfall, never a negative count.

    `sold_out` repeats that an open SoldOut exists, so that the lock that reads the counters reads it too.
    """

    pk = models.CompositePrimaryKey("brand_id", "location_id", "item_id")
    location_id = KeyPart()
    item_id = KeyPart()
    on_hand = models.IntegerField()
    reserved = models.IntegerField(default=0)
    safety = models.IntegerField(default=0)
    sold_out = models.BooleanField(db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "item_id"], name="inventory_stock_item"),
            models.Index(
                fields=["brand_id", "location_id", "item_id"],
                name="inventory_stock_sold_out",
                condition=Q(sold_out=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="inventory_stock_on_hand"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="inventory_stock_reserved"),
            models.CheckConstraint(condition=Q(reserved__lte=F("on_hand")), name="inventory_stock_never_sold_twice"),
        ]


class Hold(TenantModel):
    """Units kept for an order. A hold ends once: taken (left the shelf), released or expired; the row stays."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "location_id", "item_id")
    order_id = KeyPart()
    location_id = KeyPart()
    item_id = KeyPart()
    units = models.IntegerField()
    customer_key = models.CharField(max_length=120, default="")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_as = models.CharField(max_length=10, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["brand_id", "expires_at"],
                name="inventory_hold_expiry",
                condition=Q(ended_at=None, expires_at__isnull=False),
            ),
            models.Index(
                fields=["brand_id", "location_id", "item_id"], name="inventory_hold_open", condition=Q(ended_at=None)
            ),
            models.Index(
                fields=["brand_id", "customer_key"],
                name="inventory_hold_customer",
                condition=Q(ended_at=None) & ~Q(customer_key=""),
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(units__gt=0), name="inventory_hold_units")]


class Movement(TenantModel):
    """Why on_hand changed, and by how much; the counters equal the sum of these rows."""

    id = TenantKey(partitioned=True, append_only=True)
    location_id = models.UUIDField()
    item_id = models.UUIDField()
    units = models.IntegerField()
    reason = models.CharField(max_length=20)
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "location_id", "item_id", "id"], name="inventory_movement_of"),
            models.Index(fields=["brand_id", "subject_id"], name="inventory_movement_subject"),
        ]


class Shortfall(TenantModel):
    """A sale that happened took more than was there. Closed by a count, never silently."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "location_id", "item_id")
    order_id = KeyPart()
    location_id = KeyPart()
    item_id = KeyPart()
    units = models.IntegerField()
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["brand_id", "location_id"], name="inventory_shortfall_open", condition=Q(closed_at=None)
            )
        ]


class CountTask(TenantModel):
    """Somebody must go and count: raised by a shortfall."""

    id = TenantKey()
    location_id = models.UUIDField()
    item_id = models.UUIDField()
    reason = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    counted = models.IntegerField(null=True)
    done_by = models.CharField(max_length=80, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "location_id", "item_id"],
                condition=Q(done_at=None),
                name="inventory_counttask_one_open",
            )
        ]
