"""Tables of stored value. Balances are the ledger's; here is whose a purse is and where its money came from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Policy(TenantModel):
    """What the brand says of stored value in a currency, beside the limits of its place."""

    pk = models.CompositePrimaryKey("brand_id", "currency")
    currency = models.CharField(max_length=3)
    settings = models.JSONField()
    changed_at = models.DateTimeField()


class Purse(TenantModel):
    """Stored value of one kind and currency; of a customer's record, or of whoever has its code."""

    id = TenantKey()
    kind = models.CharField(max_length=10)
    customer_id = models.UUIDField(null=True)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    opened_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    code_hash = models.CharField(max_length=64, default="")
    code_end = models.CharField(max_length=4, default="")
    issuer = models.CharField(max_length=120, default="")
    licence = models.CharField(max_length=60, default="")
    batch = models.CharField(max_length=60, default="")
    reason = models.CharField(max_length=300, default="")
    replaced_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "code_hash"], condition=~Q(code_hash=""), name="wallet_purse_code"
            ),
        ]
        indexes = [
            models.Index(
                fields=["brand_id", "customer_id"], condition=Q(customer_id__isnull=False), name="wallet_purse_of"
            ),
            models.Index(
                fields=["brand_id", "expires_at"],
                condition=Q(expires_at__isnull=False, state="active"),
                name="wallet_purse_ends",
            ),
            models.Index(fields=["brand_id", "batch", "id"], condition=~Q(batch=""), name="wallet_purse_batch"),
        ]


class TopUp(TenantModel):
    """Money put on a purse, and how much of it was paid back."""

    id = TenantKey()
    purse = TenantForeignKey(Purse)
    key = models.CharField(max_length=200)
    principal_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    method = models.CharField(max_length=60)
    ref = models.CharField(max_length=200)
    store_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    back_minor = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "key"], condition=~Q(key=""), name="wallet_topup_once"),
            models.CheckConstraint(
                condition=Q(back_minor__gte=0, back_minor__lte=models.F("principal_minor")), name="wallet_topup_back"
            ),
        ]
        indexes = [models.Index(fields=["brand_id", "purse", "id"], name="wallet_topup_of")]


class PayBack(TenantModel):
    """Principal paid back to where it came from."""

    id = TenantKey(append_only=True)
    top_up = TenantForeignKey(TopUp)
    amount_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "top_up", "id"], name="wallet_payback_of")]
