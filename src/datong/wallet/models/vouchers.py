"""Tables of vouchers: offers, batches, the vouchers, and what was done with each."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Offer(TenantModel):
    """What vouchers of one kind are good for; `settings` are the fields of types.Offer."""

    id = TenantKey()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    settings = models.JSONField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="wallet_offer_code")]


class VoucherBatch(TenantModel):
    """Vouchers made together, a thousand at a time."""

    id = TenantKey()
    offer = TenantForeignKey(Offer)
    name = models.CharField(max_length=120)
    wanted = models.IntegerField()
    made = models.IntegerField(default=0)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class Voucher(TenantModel):
    """A right, redeemed once. The code opens it."""

    id = TenantKey()
    offer = TenantForeignKey(Offer)
    batch_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    code = models.CharField(max_length=40)
    state = models.CharField(max_length=10)
    price_minor = models.BigIntegerField(default=0)
    issued_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="wallet_voucher_code")]
        indexes = [
            models.Index(fields=["brand_id", "customer_id", "id"], name="wallet_voucher_of"),
            models.Index(fields=["brand_id", "batch_id", "id"], name="wallet_voucher_batch"),
            models.Index(
                fields=["brand_id", "ends_at"], name="wallet_voucher_open", condition=models.Q(state="active")
            ),
        ]


class VoucherAct(TenantModel):
    """That a voucher was redeemed, given back, or taken back: where, when, by whom, why; never changed."""

    id = TenantKey(append_only=True)
    voucher = TenantForeignKey(Voucher)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=160)
    store = models.CharField(max_length=40, default="")
    channel = models.CharField(max_length=40, default="")
    value_minor = models.BigIntegerField(default=0)
    pays = models.BooleanField(default=False)
    subject_id = models.UUIDField(null=True)
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "key"], name="wallet_voucheract_key")]
        indexes = [models.Index(fields=["brand_id", "voucher", "id"], name="wallet_voucheract_of")]
