"""Tables of sales tax: who levies it where, the dated rates, and who is free of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from datong.kernel.models import TenantKey, TenantModel


class Jurisdiction(TenantModel):
    """Who levies a tax, and on which addresses; what the columns mean is in types.Jurisdiction."""

    pk = models.CompositePrimaryKey("brand_id", "code")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=10)
    country = models.CharField(max_length=2)
    regions = ArrayField(models.CharField(max_length=80), default=list)
    cities = ArrayField(models.CharField(max_length=80), default=list)
    postcodes = ArrayField(models.CharField(max_length=24), default=list)
    stacks = models.BooleanField()
    source = models.CharField(max_length=300)


class Levy(TenantModel):
    """A dated rate of a tax class in a jurisdiction ('' everywhere), parts per million."""

    pk = models.CompositePrimaryKey("brand_id", "tax_class", "jurisdiction", "valid_from")
    tax_class = models.CharField(max_length=40)
    jurisdiction = models.CharField(max_length=40)
    valid_from = models.DateTimeField()
    rate_ppm = models.IntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate_ppm__gte=0) & Q(rate_ppm__lte=1_000_000), name="catalog_levy_ppm"),
        ]


class TaxCertificate(TenantModel):
    """A customer's freedom from tax. `jurisdictions` has '' when it holds everywhere."""

    id = TenantKey()
    customer_id = models.UUIDField()
    number = models.CharField(max_length=120)
    reason = models.CharField(max_length=120)
    jurisdictions = ArrayField(models.CharField(max_length=40))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    kept_by = models.CharField(max_length=120)
    kept_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="catalog_certificate_days"
            ),
        ]
        indexes = [models.Index(fields=["brand_id", "customer_id"], name="catalog_certificate_of")]
