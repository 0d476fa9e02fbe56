"""The tasks and steps of fulfilment: tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Task(TenantModel):
    """One store's share of one order; (order, store) is unique, so that a task is opened once."""

    id = TenantKey()
    order_id = models.UUIDField()
    store_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12)
    promised_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    carrier = models.CharField(max_length=60, default="")
    tracking = models.CharField(max_length=80, default="")
    reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "order_id", "store_id"], name="fulfilment_task_once")
        ]
        indexes = [
            models.Index(
                fields=["brand_id", "store_id", "id"],
                name="fulfilment_task_open",
                condition=~Q(state__in=["done", "cancelled", "refused", "handed_over"]),
            )
        ]


class Step(TenantModel):
    """One change of a task: who, when, why. Never changed; the task's state is the last of them."""

    id = TenantKey(partitioned=True, append_only=True)
    task = TenantForeignKey(Task)
    state = models.CharField(max_length=12)
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    carrier = models.CharField(max_length=60)
    tracking = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "task_id", "id"], name="fulfilment_step_of")]
