"""Tables of risk: the rules a brand sets, and what was decided by them, which is never changed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Limit(TenantModel):
    id = TenantKey()
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    at_most = models.BigIntegerField()
    decision = models.CharField(max_length=8)
    currency = models.CharField(max_length=3)
    window_s = models.IntegerField()
    channels = ArrayField(models.UUIDField(), default=list)
    shadow = models.BooleanField()
    active = models.BooleanField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="risk_limit_code")]


class Entry(TenantModel):
    """Somebody on a list, with the reason."""

    pk = models.CompositePrimaryKey("brand_id", "value", "list")
    value = models.CharField(max_length=200)
    list = models.CharField(max_length=8)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    shadow = models.BooleanField()
    at = models.DateTimeField()


class Verdict(TenantModel):
    """What was decided about a subject, by which rules, on which facts."""

    id = TenantKey(partitioned=True, append_only=True)
    subject_id = models.UUIDField()
    channel_id = models.UUIDField()
    customer_id = models.UUIDField(null=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    units = models.IntegerField()
    lines = models.IntegerField()
    happened = models.BooleanField()
    decision = models.CharField(max_length=8)
    rules = ArrayField(models.CharField(max_length=60))
    shadow = ArrayField(models.CharField(max_length=60))
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "subject_id"], name="risk_verdict_of"),
            models.Index(fields=["brand_id", "id"], name="risk_verdict_flagged", condition=~Q(decision="approve")),
        ]


class Seen(TenantModel):
    """That a customer or contact (hashed) ordered: what the limits in a window count."""

    pk = models.CompositePrimaryKey("brand_id", "verdict_id", "key")
    verdict = TenantForeignKey(Verdict, partition_key=True, append_only=True)
    key = KeyPart()
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "key", "at"], name="risk_seen_key")]
