"""What is wanted where, by day; made from orders and made again from them when in doubt."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantModel


class Demand(TenantModel):
    """Units wanted of an item on a day at a store (nil: no store yet); `history` came with a load."""

    pk = models.CompositePrimaryKey("brand_id", "item_id", "store_id", "day")
    item_id = KeyPart()
    store_id = KeyPart()
    day = models.DateField()
    units = models.IntegerField(default=0)
    history = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "day"], name="purchasing_demand_day")]


class DemandOrder(TenantModel):
    """Under which day and store an order is counted, and whether it still is: what makes a fact count once."""

    pk = models.CompositePrimaryKey("brand_id", "order_id")
    order_id = KeyPart()
    store_id = models.UUIDField()
    day = models.DateField()
    counted = models.BooleanField(default=True)


class TierDay(TenantModel):
    """Coverage of one market tier on a day."""

    pk = models.CompositePrimaryKey("brand_id", "day", "tier")
    day = models.DateField()
    tier = models.SmallIntegerField()
    stores = models.IntegerField()
    partners = models.IntegerField()
    supplied = models.IntegerField()
    delivering = models.IntegerField()
    units = models.BigIntegerField()
