"""Units that stores could not give: tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantKey, TenantModel


class Question(TenantModel):
    """Units of a line that a store cannot give, and what became of it. `key` is the store's, so that twice is once."""

    id = TenantKey()
    order_id = models.UUIDField()
    store_id = models.UUIDField()
    line_no = models.SmallIntegerField()
    units = models.IntegerField()
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=300)
    substitute_id = models.UUIDField(null=True)
    substitute_sku = models.CharField(max_length=64, default="")
    substitute_title = models.CharField(max_length=200, default="")
    key = models.CharField(max_length=120)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    answer = models.CharField(max_length=12, default="")
    answered_by = models.CharField(max_length=120, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "order_id", "key", "line_no"], name="orders_question_once")
        ]
        indexes = [
            models.Index(fields=["brand_id", "deadline_at", "id"], name="orders_question_due", condition=Q(answer=""))
        ]
