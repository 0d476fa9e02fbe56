"""What couriers' phones told, proofs of delivery, where couriers are: tables."""

from __future__ import annotations

from django.db import models

from datong.fulfilment.models.tasks import Task
from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Act(TenantModel):
    """An act of a courier, by the id its phone minted; `problem` '' when it was taken. What it did is elsewhere."""

    id = TenantKey()
    courier_id = models.UUIDField()
    task_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=12)
    mark = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    taken = models.BooleanField()
    problem = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "courier_id", "id"], name="fulfilment_act_of")]


class Photo(TenantModel):
    """The photo or signature with which a delivery was given over, drawn anew; kept for a while only."""

    pk = models.CompositePrimaryKey("brand_id", "task_id")
    task = TenantForeignKey(Task)
    kind = models.CharField(max_length=10)
    image = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "at"], name="fulfilment_photo_at")]


class Position(TenantModel):
    """Where a courier who is under way is now; there is none of anybody else, and none from before."""

    pk = models.CompositePrimaryKey("brand_id", "courier_id")
    courier_id = KeyPart()
    lon = models.FloatField()
    lat = models.FloatField()
    at = models.DateTimeField()
