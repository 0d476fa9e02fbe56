"""Table of the compatibility check: what was found of a channel or an ERP last."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantModel


class Check(TenantModel):
    """The last check of a channel's connection or of an ERP (`subject` is its id)."""

    pk = models.CompositePrimaryKey("brand_id", "subject")
    subject = KeyPart()
    blocking = models.IntegerField()
    warnings = models.IntegerField()
    mismatches = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
