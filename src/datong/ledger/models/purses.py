"""Balances of purses, holds and what became of them. Only the balance row ever changes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import KeyPart, TenantKey, TenantModel, Xid8


class Balance(TenantModel):
    """The balance of a purse account, moved by the statement that writes the transfer, the hold or its step."""

    pk = models.CompositePrimaryKey("brand_id", "account_id")
    account_id = KeyPart()
    debits_minor = models.BigIntegerField()
    credits_minor = models.BigIntegerField()
    held_debits_minor = models.BigIntegerField()
    held_credits_minor = models.BigIntegerField()
    floor_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    floor_minor__lte=F("credits_minor") - F("debits_minor") - F("held_debits_minor"),
                ),
                name="ledger_balance_floor",
            ),
            models.CheckConstraint(
                condition=Q(debits_minor__gte=0, credits_minor__gte=0, held_debits_minor__gte=0)
                & Q(held_credits_minor__gte=0, floor_minor__lte=0),
                name="ledger_balance_signs",
            ),
        ]


class Hold(TenantModel):
    """Money put aside. What is left of it is its amount less its steps."""

    id = TenantKey(partitioned=True, append_only=True)
    debit_id = models.UUIDField()
    credit_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    business_date = models.DateField()
    expires_at = models.DateTimeField(null=True)
    dimensions = models.JSONField()
    held_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_hold_amount"),
            models.CheckConstraint(condition=~Q(debit_id=F("credit_id")), name="ledger_hold_sides"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "expires_at", "id"], name="ledger_hold_due"),
            models.Index(fields=["brand_id", "subject_id", "id"], name="ledger_hold_of"),
        ]


class HoldStep(TenantModel):
    """A part of a hold that was captured (the transfer has the same id), given back, or ran out."""

    id = TenantKey(partitioned=True, append_only=True)
    hold_id = models.UUIDField()
    what = models.CharField(max_length=8)  # capture, release, expiry
    amount_minor = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_holdstep_amount")]
        indexes = [models.Index(fields=["brand_id", "hold_id"], name="ledger_holdstep_of")]


class Mark(TenantModel):
    """How far a job has come: by transaction id (sealing, rolling up) or by time (holds that ran out)."""

    pk = models.CompositePrimaryKey("brand_id", "name")
    name = models.CharField(max_length=20)
    at = models.DateTimeField()
    xid = Xid8(null=True)


class Reversal(TenantModel):
    """A transfer that was taken back, once, and by which other."""

    pk = models.CompositePrimaryKey("brand_id", "transfer_id")
    transfer_id = KeyPart(append_only=True)
    reversal_id = models.UUIDField()
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
