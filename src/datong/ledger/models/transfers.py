"""Tables of the ledger. The application may insert and read; what is posted stays as it is."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import CurrentXid, TenantKey, TenantModel, Xid8


class Account(TenantModel):
    """An account; its id follows from brand, code and currency."""

    id = TenantKey(append_only=True)
    code = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=12)
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code", "currency"], name="ledger_account_code")]


class Transfer(TenantModel):
    """Money from one account to another of the same currency. A hot table: its accounts are proven by `check`.

    `xid` is the transaction that wrote it: what is below the oldest open one can be rolled up and sealed.
    """

    id = TenantKey(partitioned=True, append_only=True)
    debit_id = models.UUIDField()
    credit_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    business_date = models.DateField()
    dimensions = models.JSONField()
    posted_at = models.DateTimeField()
    xid = Xid8(db_default=CurrentXid(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="ledger_transfer_amount"),
            models.CheckConstraint(condition=~Q(debit_id=F("credit_id")), name="ledger_transfer_sides"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "subject_id", "id"], name="ledger_transfer_of"),
            models.Index(fields=["brand_id", "xid"], name="ledger_transfer_tail"),
            models.Index(fields=["brand_id", "debit_id", "business_date", "id"], name="ledger_transfer_debits"),
            models.Index(fields=["brand_id", "credit_id", "business_date", "id"], name="ledger_transfer_credits"),
        ]
