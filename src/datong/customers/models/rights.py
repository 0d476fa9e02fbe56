"""Requests of people about their own data, and who looked at whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantKey, TenantModel


class DataRequest(TenantModel):
    """What somebody asked about their data, until when it is due, what became of it. Nothing of the person is in it."""

    id = TenantKey()
    customer_id = models.UUIDField()
    what = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    asked_by = models.CharField(max_length=120)
    at = models.DateTimeField()
    due = models.DateField()
    state = models.CharField(max_length=10)
    approval_id = models.UUIDField(null=True)
    decided_by = models.CharField(max_length=120, default="")
    done_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, default="")
    counts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "customer_id"],
                name="customers_datarequest_one",
                condition=Q(what="erasure", state__in=["waiting", "approved"]),
            )
        ]
        indexes = [
            models.Index(fields=["brand_id", "customer_id", "id"], name="customers_datarequest_of"),
            models.Index(
                fields=["brand_id", "due", "id"],
                name="customers_datarequest_open",
                condition=Q(state__in=["waiting", "approved"]),
            ),
        ]


class Look(TenantModel):
    """Somebody looked at a person. Only added to; ends with its retention (`customers_forget_looks`)."""

    id = TenantKey(partitioned=True, append_only=True)
    customer_id = models.UUIDField()
    by = models.CharField(max_length=120)
    place = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "customer_id", "id"], name="customers_look_of")]
