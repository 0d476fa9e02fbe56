"""How quick stores are: a table."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantKey, TenantModel


class Pace(TenantModel):
    """How quick a store is, or the brand's stores (`store_id` null)."""

    id = TenantKey()
    store_id = models.UUIDField(null=True)
    prepare_s = models.IntegerField()
    each_s = models.IntegerField()
    wait_s = models.IntegerField()
    speed_m_s = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "store_id"], name="fulfilment_pace_store", nulls_distinct=False)
        ]
