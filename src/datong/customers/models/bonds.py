"""What a customer is, whom they belong with, who looks after them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.customers.models.people import Customer
from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Details(TenantModel):
    """One for a person, at the record it was written to; the person's is the latest of their records'."""

    pk = models.CompositePrimaryKey("brand_id", "customer_id")
    customer = TenantForeignKey(Customer)
    kind = models.CharField(max_length=12)
    legal_name = models.CharField(max_length=200, default="")
    legal_id = models.CharField(max_length=60, default="")
    industry = models.CharField(max_length=60, default="")
    preferred = models.CharField(max_length=10, default="")
    language = models.CharField(max_length=35, default="")
    birthday = models.DateField(null=True)
    company = models.CharField(max_length=200, default="", db_default="")
    address = models.CharField(max_length=500, default="", db_default="")
    tags = models.JSONField(default=list, db_default=[])
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=120)

    class Meta:
        indexes = [
            models.Index(
                fields=["brand_id", "customer_id"],
                name="customers_details_companies",
                condition=Q(kind="organisation"),
            )
        ]


class Bond(TenantModel):
    """Two customers that belong together, until it is ended."""

    id = TenantKey()
    kind = models.CharField(max_length=10)
    customer_id = models.UUIDField()
    other_id = models.UUIDField()
    role = models.CharField(max_length=60)
    since = models.DateTimeField()
    by = models.CharField(max_length=120)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=120, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(customer_id=F("other_id")), name="customers_bond_two"),
            models.UniqueConstraint(
                fields=["brand_id", "kind", "customer_id", "other_id"],
                name="customers_bond_once",
                condition=Q(ended_at=None),
            ),
        ]
        indexes = [
            models.Index(fields=["brand_id", "customer_id"], name="customers_bond_of"),
            models.Index(fields=["brand_id", "other_id"], name="customers_bond_to"),
        ]


class Keeping(TenantModel):
    """Who looks after a customer; one at a time."""

    id = TenantKey()
    customer_id = models.UUIDField()
    manager = models.CharField(max_length=120)
    since = models.DateTimeField()
    by = models.CharField(max_length=120)
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "customer_id"], name="customers_keeping_one", condition=Q(until=None)
            )
        ]
        indexes = [
            models.Index(fields=["brand_id", "manager", "customer_id"], name="customers_keeping_by"),
            models.Index(fields=["brand_id", "customer_id", "since"], name="customers_keeping_of"),
        ]
