"""Tables of matching: the keys records are found by, what was weighed, runs, and what a brand lets a run do."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class Key(TenantModel):
    """Something a record says, as a number that tells nothing: records with an equal one are weighed."""

    pk = models.CompositePrimaryKey("brand_id", "key", "customer_id")
    key = models.BigIntegerField()
    customer_id = KeyPart()


class Pair(TenantModel):
    """What was last weighed of two records, `a` < `b`: bits in all and by field."""

    pk = models.CompositePrimaryKey("brand_id", "a", "b")
    a = KeyPart()
    b = KeyPart()
    weight = models.FloatField()
    parts = models.JSONField()
    at = models.DateTimeField()
    run_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(a__lt=F("b")), name="matching_pair_order")]
        indexes = [models.Index(fields=["brand_id", "run_id", "weight"], name="matching_pair_of_run")]


class Run(TenantModel):
    """One comparison of all records of a brand; its state is derived from when what happened."""

    id = TenantKey()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=10)
    records = models.IntegerField(default=0)
    pairs = models.IntegerField(default=0)
    proposed = models.IntegerField(default=0)
    merged = models.IntegerField(default=0)
    error = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id"], name="matching_run_one", condition=Q(ended_at=None))
        ]


class Setting(TenantModel):
    """What runs of a brand may do, from then on; the latest holds. Only added to."""

    id = TenantKey(append_only=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=500)
    merges = models.BooleanField()
    nightly = models.BooleanField()
    auto = models.FloatField()
    review = models.FloatField()
