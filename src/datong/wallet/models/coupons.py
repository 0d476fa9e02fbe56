"""Tables of coupons that platforms sold: who is asked, what a deal is, what was asked, what was verified."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class CouponPlatform(TenantModel):
    """A platform that is asked: `sealed` holds the credentials and each store's mark there."""

    pk = models.CompositePrimaryKey("brand_id", "platform")
    platform = models.CharField(max_length=20)
    base_url = models.CharField(max_length=200)
    sealed = models.BinaryField()
    shops = models.JSONField()
    active = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)


class CouponDeal(TenantModel):
    """A platform's deal and the product it is; one that nobody mapped has no `sku` and says when it was seen."""

    pk = models.CompositePrimaryKey("brand_id", "platform", "deal_id")
    platform = models.CharField(max_length=20)
    deal_id = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    sku = models.CharField(max_length=64)
    value_minor = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=120)


class CouponAsk(TenantModel):
    """A verification that was sent; written before it is, so that it is found out what came of it."""

    id = TenantKey()
    key = models.CharField(max_length=240)
    asked = models.CharField(max_length=64)
    platform = models.CharField(max_length=20)
    store_id = models.UUIDField()
    code_end = models.CharField(max_length=20)
    alone = models.BooleanField()
    state = models.CharField(max_length=10)
    sealed = models.BinaryField()
    why = models.CharField(max_length=30)
    said = models.CharField(max_length=300)
    at = models.DateTimeField()
    tried_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "key"], name="wallet_couponask_once")]
        indexes = [
            models.Index(fields=["brand_id", "tried_at"], condition=Q(state="asking"), name="wallet_couponask_open")
        ]


class Coupon(TenantModel):
    """A use of a platform's coupon that was verified; `sealed` holds what taking it back needs. `rest_minor`: what the
    payment that took it left unused, income since `rest_at`; null until that is told."""

    id = TenantKey()
    ask = TenantForeignKey(CouponAsk)
    platform = models.CharField(max_length=20)
    certificate_id = models.CharField(max_length=80)
    verify_id = models.CharField(max_length=80)
    code_end = models.CharField(max_length=20)
    sealed = models.BinaryField()
    deal_id = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    sku = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    face_minor = models.BigIntegerField()
    price_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    platform_minor = models.BigIntegerField()
    merchant_minor = models.BigIntegerField()
    value_minor = models.BigIntegerField()
    owed_minor = models.BigIntegerField()
    store_id = models.UUIDField()
    alone = models.BooleanField()
    state = models.CharField(max_length=10)
    day = models.DateField()
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    cancel_until = models.DateTimeField()
    payment_id = models.UUIDField(null=True)
    rest_minor = models.BigIntegerField(null=True)
    rest_at = models.DateTimeField(null=True)
    cancelling_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "platform", "certificate_id", "verify_id"],
                condition=Q(state="verified"),
                name="wallet_coupon_once",
            )
        ]
        indexes = [
            models.Index(fields=["brand_id", "day", "platform", "store_id"], name="wallet_coupon_day"),
            models.Index(fields=["brand_id", "ask"], name="wallet_coupon_ask"),
            models.Index(
                fields=["brand_id", "cancelling_at"],
                condition=Q(state="verified", cancelling_at__isnull=False),
                name="wallet_coupon_undoing",
            ),
            models.Index(
                fields=["brand_id", "cancel_until"],
                condition=Q(state="verified", payment_id__isnull=False, rest_minor__isnull=True),
                name="wallet_coupon_rest",
            ),
        ]
