"""What customers said, and the ideas it was linked to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Idea(TenantModel):
    id = TenantKey()
    title = models.CharField(max_length=120)
    text = models.CharField(max_length=2000)
    state = models.CharField(max_length=10)
    owner = models.CharField(max_length=120)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)


class Feedback(TenantModel):
    """Words of a customer; `idea` alone changes, by a person."""

    id = TenantKey()
    kind = models.CharField(max_length=10)
    text = models.CharField(max_length=2000)
    channel_id = models.UUIDField()
    at = models.DateTimeField()
    customer_id = models.UUIDField(null=True)
    order_number = models.CharField(max_length=60)
    product = models.CharField(max_length=60)
    stage = models.CharField(max_length=10)
    language = models.CharField(max_length=35)
    by = models.CharField(max_length=120)
    idea = TenantForeignKey(Idea, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "at", "id"], name="customers_feedback_at"),
            models.Index(
                fields=["brand_id", "customer_id"],
                name="customers_feedback_of",
                condition=Q(customer_id__isnull=False),
            ),
            models.Index(
                fields=["brand_id", "idea_id"], name="customers_feedback_idea", condition=Q(idea_id__isnull=False)
            ),
        ]
