"""Couriers, stations, who delivers, and deliveries: tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.fulfilment.models.tasks import Task
from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Station(TenantModel):
    """A place couriers work from."""

    id = TenantKey()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    lon = models.FloatField()
    lat = models.FloatField()
    hours = models.CharField(max_length=500)
    timezone = models.CharField(max_length=60)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="fulfilment_station_code")]


class Courier(TenantModel):
    """Somebody who delivers; a log-in brings at most one of them."""

    id = TenantKey()
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40)
    user_id = models.UUIDField(null=True)
    station_id = models.UUIDField(null=True)
    company_id = models.UUIDField(null=True)
    room = models.SmallIntegerField()
    active = models.BooleanField(default=True)
    on_duty = models.BooleanField(default=False)
    duty_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "user_id"], name="fulfilment_courier_user", condition=Q(user_id__isnull=False)
            )
        ]


class WayRule(TenantModel):
    """Who delivers from a moment on, of one store or the brand; rows are only added."""

    id = TenantKey(append_only=True)
    store_id = models.UUIDField(null=True)
    since = models.DateTimeField()
    ways = models.JSONField()
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "store_id", "since"], name="fulfilment_way_of")]


class Delivery(TenantModel):
    """Who has a delivery and how it went; how far it is, is the task's state."""

    pk = models.CompositePrimaryKey("brand_id", "task_id")
    task = TenantForeignKey(Task)
    way = models.CharField(max_length=10, default="")
    station_id = models.UUIDField(null=True)
    courier_id = models.UUIDField(null=True)
    by = models.CharField(max_length=120, default="")
    at = models.DateTimeField(null=True)
    attempts = models.SmallIntegerField(default=0)
    outcome = models.CharField(max_length=10, default="")
    failure = models.CharField(max_length=300, default="")
    again_at = models.DateTimeField(null=True)
    picked_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    proof = models.CharField(max_length=10, default="")
    signed_by = models.CharField(max_length=120, default="")
    cash_minor = models.BigIntegerField(default=0)
    cash_in_at = models.DateTimeField(null=True)
    late_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "courier_id", "task_id"], name="fulfilment_delivery_courier"),
            models.Index(
                fields=["brand_id", "courier_id"],
                name="fulfilment_delivery_cash",
                condition=Q(cash_minor__gt=0, cash_in_at__isnull=True),
            ),
        ]
