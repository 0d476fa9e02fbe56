"""A brand's own chart of accounts and posting rules, each in force from a day on."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantModel


class Chart(TenantModel):
    """The chart in force from a day until the next one; `lines` are [number, name, 中文, line, patterns]."""

    pk = models.CompositePrimaryKey("brand_id", "valid_from")
    valid_from = models.DateField()
    template = models.CharField(max_length=20)
    standard = models.CharField(max_length=20)
    lines = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()


class Rule(TenantModel):
    """What an event posts from a day on, where it is not the default."""

    pk = models.CompositePrimaryKey("brand_id", "event", "valid_from")
    event = models.CharField(max_length=40)
    valid_from = models.DateField()
    debit = models.CharField(max_length=80)
    credit = models.CharField(max_length=80)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
