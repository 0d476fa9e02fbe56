"""Delivery notes: tables."""

from __future__ import annotations

from django.db import models

from datong.fulfilment.models.tasks import Task
from datong.kernel.models import TenantForeignKey, TenantModel


class Note(TenantModel):
    """The delivery note of a task, exactly one; what it says is the order's. Its state is the task's."""

    pk = models.CompositePrimaryKey("brand_id", "task_id")
    task = TenantForeignKey(Task)
    order_id = models.UUIDField()
    store_id = models.UUIDField()
    number = models.CharField(max_length=24)
    address = models.CharField(max_length=300)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    contact_name = models.CharField(max_length=120)
    contact_phone = models.CharField(max_length=40)
    goods = models.JSONField()
    due_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    remark = models.CharField(max_length=500)
    distance_m = models.IntegerField(null=True)
    bearing_deg = models.SmallIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "order_id"], name="fulfilment_note_order")]
