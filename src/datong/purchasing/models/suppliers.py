"""Suppliers, what they sell, and the brand's fixed rules for an item at a store."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Supplier(TenantModel):
    """Who delivers goods; `link_version` is part of the signed link to their own page."""

    id = TenantKey()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    email = models.CharField(max_length=200, default="")
    phone = models.CharField(max_length=40, default="")
    terms = models.CharField(max_length=300, default="")
    lead_days = models.IntegerField(default=7)
    min_order_minor = models.BigIntegerField(default=0)
    active = models.BooleanField(default=True)
    link_version = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="purchasing_supplier_code")]


class SupplierItem(TenantModel):
    """An item as one supplier sells it."""

    pk = models.CompositePrimaryKey("brand_id", "item_id", "supplier_id")
    item_id = KeyPart()
    supplier = TenantForeignKey(Supplier)
    price_minor = models.BigIntegerField()
    pack_units = models.IntegerField(default=1)
    min_units = models.IntegerField(default=0)
    lead_days = models.IntegerField(null=True)
    shelf_life_days = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pack_units__gt=0), name="purchasing_supplieritem_pack"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="purchasing_supplieritem_price"),
        ]
        indexes = [models.Index(fields=["brand_id", "supplier"], name="purchasing_supplieritem_of")]


class Policy(TenantModel):
    """(s, S) of an item at a store."""

    pk = models.CompositePrimaryKey("brand_id", "store_id", "item_id")
    store_id = KeyPart()
    item_id = KeyPart()
    low = models.IntegerField()
    high = models.IntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(high__gt=models.F("low")), name="purchasing_policy_range")]
