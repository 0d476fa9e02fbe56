"""Pick-up numbers: tables."""

from __future__ import annotations

from django.db import models

from datong.fulfilment.models.tasks import Task
from datong.kernel.models import KeyPart, TenantForeignKey, TenantModel


class Number(TenantModel):
    """The last number a store has called on a business day; one row moves for a whole batch."""

    pk = models.CompositePrimaryKey("brand_id", "store_id", "day")
    store_id = KeyPart()
    day = models.DateField()
    last = models.IntegerField()


class Calling(TenantModel):
    """What a task is called by: its number of the day at its store, and the code its customer shows."""

    pk = models.CompositePrimaryKey("brand_id", "task_id")
    task = TenantForeignKey(Task)
    order_id = models.UUIDField()
    store_id = models.UUIDField()
    day = models.DateField()
    number = models.IntegerField()
    code = models.CharField(max_length=6)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "store_id", "day", "number"], name="fulfilment_calling_once")
        ]
        indexes = [models.Index(fields=["brand_id", "order_id"], name="fulfilment_calling_of")]
