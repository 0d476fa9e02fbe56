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
    """Money to give back, or given back; `key` is the asker's, so that asking twice is asking once.

    `send_at`, `tries`, `said`: when a provider is asked next to send it, how often it was, what it said last.
    """

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
    send_at = models.DateTimeField(null=True)
    tries = models.SmallIntegerField(db_default=0)
    said = models.CharField(max_length=300, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "order_id", "key"], name="payments_refund_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_refund_amount"),
        ]
        indexes = [models.Index(fields=["brand_id", "id"], name="payments_refund_due", condition=Q(state="due"))]


LIVE = Q(state__in=["created", "open"])
DUE = Q(state__in=["created", "open", "return_due"])


class Intent(TenantModel):
    """One try to pay by a provider, written before the provider is asked. `id` is our number there; `sealed` is how the
    customer pays (an address, a code, parameters); at `next_at` the provider is asked how it stands."""

    id = TenantKey()
    payment = TenantForeignKey(Payment)
    order_id = models.UUIDField()
    provider = models.CharField(max_length=20)
    scene = models.CharField(max_length=10)
    state = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    sealed = models.BinaryField()
    transaction = models.CharField(max_length=120)
    said = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.SmallIntegerField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "payment_id", "provider", "scene"], condition=LIVE, name="payments_intent_live"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payments_intent_amount"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "order_id"], name="payments_intent_of"),
            models.Index(fields=["brand_id", "payment_id"], name="payments_intent_paying"),
            models.Index(fields=["brand_id", "next_at"], name="payments_intent_due", condition=DUE),
        ]


class Connection(TenantModel):
    """Our account at a provider: `sealed` holds what each believes the other by."""

    pk = models.CompositePrimaryKey("brand_id", "provider")
    provider = models.CharField(max_length=20)
    base_url = models.CharField(max_length=200)
    sealed = models.BinaryField()
    active = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
    notice_at = models.DateTimeField(null=True)
    notice = models.CharField(max_length=300)
    trouble_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300)
