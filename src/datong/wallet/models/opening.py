"""What was taken over from another system, each thing once."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantModel


class TakenOver(TenantModel):
    """A balance, card, lot of points or voucher of another system, and what it became here. Gone when taken back: the
    ledger keeps both ways."""

    pk = models.CompositePrimaryKey("brand_id", "kind", "ref")
    kind = models.CharField(max_length=10)
    ref = models.CharField(max_length=160)
    thing_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    unit = models.CharField(max_length=3)
    group = models.CharField(max_length=40, default="")
    principal = models.BigIntegerField()
    bonus = models.BigIntegerField(default=0)
    face = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    detail = models.JSONField(default=dict)
    run_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "thing_id"], name="wallet_taken_over_thing")]
