"""Proposals, purchase orders, receipts and claims."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel
from datong.purchasing.models.suppliers import Supplier


class Proposal(TenantModel):
    """What should be ordered now, with the figures it was made from; replaced when proposals are made again."""

    pk = models.CompositePrimaryKey("brand_id", "store_id", "item_id")
    store_id = KeyPart()
    item_id = KeyPart()
    supplier = TenantForeignKey(Supplier)
    units = models.IntegerField()
    price_minor = models.BigIntegerField()
    why = models.CharField(max_length=20)
    facts = models.JSONField()
    made_at = models.DateTimeField()


class PurchaseOrder(TenantModel):
    """What is bought of one supplier for one store."""

    id = TenantKey()
    number = models.CharField(max_length=20)
    supplier = TenantForeignKey(Supplier)
    store_id = models.UUIDField()
    state = models.CharField(max_length=10)
    buyout = models.BooleanField(default=False)
    note = models.CharField(max_length=200, default="")
    expected_on = models.DateField(null=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    approval_id = models.UUIDField(null=True)
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "number"], name="purchasing_order_number"),
            models.UniqueConstraint(fields=["brand_id", "key"], name="purchasing_order_once"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "store_id", "id"], name="purchasing_order_store"),
            models.Index(fields=["brand_id", "supplier", "id"], name="purchasing_order_supplier"),
        ]


class OrderLine(TenantModel):
    """One item ordered, and what has come of it over all receipts."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "item_id")
    order = TenantForeignKey(PurchaseOrder)
    item_id = KeyPart()
    units = models.IntegerField()
    price_minor = models.BigIntegerField()
    received = models.IntegerField(default=0)
    damaged = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gte=0), name="purchasing_orderline_units"),
            models.CheckConstraint(
                condition=Q(received__gte=0) & Q(damaged__gte=0), name="purchasing_orderline_received"
            ),
        ]


class ReceiptLine(TenantModel):
    """What came at one moment; `key` is one press of the button."""

    id = TenantKey(append_only=True)
    order = TenantForeignKey(PurchaseOrder)
    item_id = models.UUIDField()
    received = models.IntegerField()
    damaged = models.IntegerField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    key = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "order", "key", "item_id"], name="purchasing_receiptline_once")
        ]


class Claim(TenantModel):
    """A receipt differs from the order: what the supplier owes, or is owed."""

    id = TenantKey()
    order = TenantForeignKey(PurchaseOrder)
    supplier = TenantForeignKey(Supplier)
    item_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    units = models.IntegerField()
    value_minor = models.BigIntegerField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=80, default="")
    note = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "order", "item_id", "kind"], name="purchasing_claim_once")
        ]
