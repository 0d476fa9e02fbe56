"""Tables of payments. What happened to a payment is a row each; its state is the fold of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Payment(TenantModel):
    """What is to be paid for an order, and whether it is."""

    id = TenantKey()
    order_id = models.UUIDField()
    method = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    provider_ref = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "provider_ref"], condition=~Q(provider_ref=""), name="payments_payment_ref"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payments_payment_amount"),
        ]
        indexes = [models.Index(fields=["brand_id", "order_id"], name="payments_payment_of")]


class Attempt(TenantModel):
    """One thing that happened to a payment: asked, paid, or a reference that belongs to another payment."""

    id = TenantKey(partitioned=True, append_only=True)
    payment = TenantForeignKey(Payment)
    outcome = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    provider_ref = models.CharField(max_length=200)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "payment_id", "id"], name="payments_attempt_of")]


class Refund(TenantModel):
    """Money to give back, or given back; `key` is the asker's, so that asking twice is asking once."""

    id = TenantKey()
    payment = TenantForeignKey(Payment)
    order_id = models.UUIDField()
    key = models.CharField(max_length=120)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    provider_ref = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "order_id", "key"], name="payments_refund_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_refund_amount"),
        ]
        indexes = [models.Index(fields=["brand_id", "id"], name="payments_refund_due", condition=Q(state="due"))]
