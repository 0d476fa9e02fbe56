"""Tables of merchants: contracts by version, entries between companies, disputes, settlement runs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Contract(TenantModel):
    """A version of a company's contract; it ends where the next begins, so that no two overlap. Never changed."""

    id = TenantKey(append_only=True)
    company_id = models.UUIDField()
    valid_from = models.DateField()
    terms = models.JSONField()
    asked_by = models.CharField(max_length=120)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "company_id", "valid_from"], name="merchants_contract_from")
        ]


class Run(TenantModel):
    """A settlement: proposed, posted by a second person, paid; or refused, or taken back before it was paid."""

    id = TenantKey()
    until = models.DateField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    approved_by = models.CharField(max_length=120, default="")
    posted_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    paid_ref = models.CharField(max_length=120, default="")
    paid_by = models.CharField(max_length=120, default="")
    reason = models.CharField(max_length=300, default="")
    posted = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "id"], name="merchants_run_newest")]


class RunItem(TenantModel):
    """What a settlement comes to between a company and the brand (or `counter_id`). Never changed."""

    id = TenantKey(append_only=True)
    run = TenantForeignKey(Run)
    company_id = models.UUIDField()
    counter_id = models.UUIDField(null=True)
    entries = models.IntegerField()
    owes_minor = models.BigIntegerField()
    gets_minor = models.BigIntegerField()
    bank = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "run", "company_id"], name="merchants_runitem_of"),
            models.Index(fields=["brand_id", "company_id", "id"], name="merchants_runitem_company"),
        ]


class Entry(TenantModel):
    """A line between two companies: the transfer of this id on the account of the pair; only `run_id` changes."""

    id = TenantKey()
    source_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=20)
    company_id = models.UUIDField()
    counter_id = models.UUIDField(null=True)
    owes = models.BooleanField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    points = models.BigIntegerField(default=0)
    basis_minor = models.BigIntegerField(default=0)
    subject_id = models.UUIDField()
    store_id = models.UUIDField(null=True)
    contract_id = models.UUIDField(null=True)
    day = models.DateField()
    at = models.DateTimeField()
    words = models.CharField(max_length=60, default="")
    run_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "source_id", "seq"], name="merchants_entry_once"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "company_id", "currency", "day", "id"], name="merchants_entry_of"),
            models.Index(
                fields=["brand_id", "currency", "day"], name="merchants_entry_open", condition=Q(run_id__isnull=True)
            ),
            models.Index(fields=["brand_id", "run_id", "company_id", "id"], name="merchants_entry_run"),
            models.Index(fields=["brand_id", "subject_id", "id"], name="merchants_entry_subject"),
        ]


class Dispute(TenantModel):
    """A line that was contested, and the answer."""

    id = TenantKey()
    entry = TenantForeignKey(Entry)
    company_id = models.UUIDField()
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    answer = models.CharField(max_length=300, default="")
    answered_by = models.CharField(max_length=120, default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "entry"], name="merchants_dispute_once")]
        indexes = [
            models.Index(fields=["brand_id", "company_id", "id"], name="merchants_dispute_of"),
            models.Index(fields=["brand_id", "id"], name="merchants_dispute_open", condition=Q(state="open")),
        ]


class Draft(TenantModel):
    """Terms that somebody asked for; they are a contract when a second person has agreed. Never changed."""

    id = TenantKey(append_only=True)
    company_id = models.UUIDField()
    valid_from = models.DateField()
    terms = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
