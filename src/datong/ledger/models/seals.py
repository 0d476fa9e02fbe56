"""What is made of the transfers behind their back: totals by day, seals, and what a verification found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantKey, TenantModel, UuidList


class DayTotal(TenantModel):
    """Debits and credits of an account on a business date: the sealed transfers, rolled up."""

    pk = models.CompositePrimaryKey("brand_id", "account_id", "business_date")
    account_id = KeyPart()
    business_date = models.DateField()
    debits_minor = models.BigIntegerField()
    credits_minor = models.BigIntegerField()


class Seal(TenantModel):
    """A link of the hash chain over a set of transfers: `hash` = SHA-256 of the previous hash and their rows."""

    id = TenantKey(append_only=True)
    number = models.IntegerField()
    at = models.DateTimeField()
    transfers = UuidList()
    count = models.IntegerField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "number"], name="ledger_seal_number"),
            models.CheckConstraint(condition=Q(number__gt=0, count__gt=0), name="ledger_seal_counts"),
        ]


class Verification(TenantModel):
    """One recount of the whole ledger: what was found, and the head of the chain, which can be noted elsewhere."""

    id = TenantKey(append_only=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    transfers = models.BigIntegerField()
    seals = models.IntegerField()
    head = models.CharField(max_length=64)
    found = models.IntegerField()
    differences = models.JSONField()
