"""Tables of sales credit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantKey, TenantModel


class CreditRule(TenantModel):
    """The shares of orders placed from a moment on; written once, the last one of a moment counts."""

    id = TenantKey()
    valid_from = models.DateTimeField()
    selling = models.SmallIntegerField()
    fulfilling = models.SmallIntegerField()
    associate = models.SmallIntegerField()
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(selling__gte=0, fulfilling__gte=0, associate__gte=0), name="orders_creditrule_shares"
            )
        ]
        indexes = [models.Index(fields=["brand_id", "valid_from"], name="orders_creditrule_from")]


class Credit(TenantModel):
    """What one of them has of an order; taken back by a row that mirrors it, never changed."""

    id = TenantKey(partitioned=True, append_only=True)
    order_id = models.UUIDField()
    role = models.CharField(max_length=10)
    store_id = models.UUIDField(null=True)
    associate = models.CharField(max_length=120, default="")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    day = models.DateField()
    selling = models.SmallIntegerField()
    fulfilling = models.SmallIntegerField()
    of_associate = models.SmallIntegerField()
    reverses = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "order_id", "id"], name="orders_credit_order"),
            models.Index(fields=["brand_id", "day", "store_id"], name="orders_credit_day"),
        ]
