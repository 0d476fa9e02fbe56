"""Goods that come back: where they went is one record, how the money went back another."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Return(TenantModel):
    """Units of an order that a customer gives back. `approval_id`: the request by which its money goes back."""

    id = TenantKey()
    order_id = models.UUIDField()
    state = models.CharField(max_length=10)
    how = models.CharField(max_length=6)
    reason = models.CharField(max_length=300)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120, default="")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, default="")
    store_id = models.UUIDField(null=True)
    received_by = models.CharField(max_length=120, default="")
    received_at = models.DateTimeField(null=True)
    approval_id = models.UUIDField(null=True)
    back_minor = models.BigIntegerField(default=0)
    exchange_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "order_id", "id"], name="orders_return_of_order"),
            models.Index(
                fields=["brand_id", "id"],
                condition=models.Q(state__in=("requested", "approved")),
                name="orders_return_open",
            ),
        ]


class ReturnLine(TenantModel):
    """How many units of a line; when they came: how many went on the shelf, the others were written off."""

    pk = models.CompositePrimaryKey("brand_id", "returned_id", "line_no")
    returned = TenantForeignKey(Return)
    line_no = models.SmallIntegerField()
    units = models.IntegerField()
    shelf = models.IntegerField(default=0)
    written_off = models.IntegerField(default=0)
