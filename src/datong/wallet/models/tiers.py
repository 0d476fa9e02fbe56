"""Tables of tiers: the plan, where each person stands, and every step."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel
from datong.wallet.models.points import Programme


class TierPlan(TenantModel):
    """The tiers of a programme; `settings` are the fields of types.TierPlan."""

    pk = models.CompositePrimaryKey("brand_id", "programme_id")
    programme = TenantForeignKey(Programme)
    settings = models.JSONField()


class Standing(TenantModel):
    """The tier of a person now, kept under the head of their records: told again from the acts at any time."""

    pk = models.CompositePrimaryKey("brand_id", "programme_id", "customer_id")
    programme = TenantForeignKey(Programme)
    customer_id = KeyPart()
    tier = models.CharField(max_length=40, default="")
    amount = models.BigIntegerField(default=0)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "until"], name="wallet_standing_until")]


class TierStep(TenantModel):
    """That a person's tier became another, with what counted; never changed."""

    id = TenantKey(append_only=True)
    programme = TenantForeignKey(Programme)
    customer_id = models.UUIDField()
    before = models.CharField(max_length=40, default="")
    after = models.CharField(max_length=40, default="")
    amount = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "customer_id", "id"], name="wallet_tierstep_of")]
