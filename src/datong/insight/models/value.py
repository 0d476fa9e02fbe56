"""What customers are worth: made anew by a job, from the orders."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantModel


class CustomerValue(TenantModel):
    """The worth of a person, at the head of their records."""

    pk = models.CompositePrimaryKey("brand_id", "customer_id")
    customer_id = KeyPart()
    currency = models.CharField(max_length=3)
    orders = models.IntegerField()
    days = models.IntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    spent_minor = models.BigIntegerField()
    recency = models.SmallIntegerField()
    frequency = models.SmallIntegerField()
    money = models.SmallIntegerField()
    segment = models.CharField(max_length=10)
    stage = models.CharField(max_length=10)
    alive = models.FloatField(null=True)
    orders_ahead = models.FloatField(null=True)
    ahead_minor = models.BigIntegerField(null=True)
    gap_days = models.FloatField(null=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "segment", "spent_minor", "customer_id"], name="insight_value_segment")
        ]


class CategoryReach(TenantModel):
    """How many customers have bought in a category."""

    pk = models.CompositePrimaryKey("brand_id", "category")
    category = models.CharField(max_length=200)
    customers = models.IntegerField()
    at = models.DateTimeField()
