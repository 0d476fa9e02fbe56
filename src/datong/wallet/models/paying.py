"""Tables of paying from the wallet."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Payment(TenantModel):
    """A payment asked for by a till; `key` is the till's, `asked` the hash of what it asked."""

    id = TenantKey()
    key = models.CharField(max_length=240)
    asked = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    customer_id = models.UUIDField(null=True)
    due_minor = models.BigIntegerField()
    short_minor = models.BigIntegerField()
    store_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "key"], name="wallet_payment_once")]
        indexes = [
            models.Index(
                fields=["brand_id", "customer_id", "id"],
                condition=Q(customer_id__isnull=False),
                name="wallet_payment_of",
            ),
            models.Index(fields=["brand_id", "expires_at"], condition=Q(state="held"), name="wallet_payment_held"),
        ]


class Take(TenantModel):
    """What a payment takes of one part of a purse (the id of its hold), or of another tender."""

    id = TenantKey()
    payment = TenantForeignKey(Payment)
    kind = models.CharField(max_length=20)
    purse_id = models.UUIDField(null=True)
    part = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    ref = models.CharField(max_length=200)
    amount_minor = models.BigIntegerField()
    captured_minor = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(captured_minor__gte=0, captured_minor__lte=F("amount_minor")), name="wallet_take_captured"
            )
        ]
        indexes = [models.Index(fields=["brand_id", "payment", "id"], name="wallet_take_of")]


class Taken(TenantModel):
    """What an order got of a take, and how much of that went back."""

    id = TenantKey()
    take = TenantForeignKey(Take)
    order_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    back_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(back_minor__gte=0, back_minor__lte=F("amount_minor")), name="wallet_taken_back"
            )
        ]
        indexes = [models.Index(fields=["brand_id", "order_id", "id"], name="wallet_taken_of")]


class Returned(TenantModel):
    """A part of money that was given back for an order, and where it went: written once, with the refund it is of."""

    id = TenantKey(append_only=True)
    order_id = models.UUIDField()
    refund_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=20)
    amount_minor = models.BigIntegerField()
    purse_id = models.UUIDField(null=True)
    part = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    ref = models.CharField(max_length=200)
    points = models.BigIntegerField(default=0)
    returned = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "order_id", "id"], name="wallet_returned_of")]


class Shortfall(TenantModel):
    """Money that was spent without network and was not there: open until a person closes it."""

    id = TenantKey()
    payment_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, default="")
    resolution = models.CharField(max_length=20, default="")
    note = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "id"], condition=Q(closed_at=None), name="wallet_shortfall_open"),
            models.Index(fields=["brand_id", "payment_id"], name="wallet_shortfall_of"),
        ]
