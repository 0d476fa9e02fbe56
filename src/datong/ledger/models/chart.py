"""A brand's own chart of accounts and posting rules, each in force from a day on."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantKey, TenantModel


class Chart(TenantModel):
    """The chart in force from a day until the next one; `lines` are [number, name, 中文, line, patterns]."""

    pk = models.CompositePrimaryKey("brand_id", "valid_from")
    valid_from = models.DateField()
    template = models.CharField(max_length=20)
    standard = models.CharField(max_length=20)
    lines = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class DayEnd(TenantModel):
    """The hour at which a business day ends from a day on, by the clock of `zone` ('' is the brand's); `store_id` NULL
    is the brand's, an `hour` that is NULL makes a store as the brand again."""

    id = TenantKey()
    store_id = models.UUIDField(null=True)
    valid_from = models.DateField()
    hour = models.SmallIntegerField(null=True)
    zone = models.CharField(max_length=60)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "store_id", "valid_from"], name="ledger_dayend_one", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(hour__range=(0, 11)), name="ledger_dayend_hour"),
        ]


class Rule(TenantModel):
    """What an event posts from a day on, where it is not the default."""

    pk = models.CompositePrimaryKey("brand_id", "event", "valid_from")
    event = models.CharField(max_length=40)
    valid_from = models.DateField()
    debit = models.CharField(max_length=80)
    credit = models.CharField(max_length=80)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
