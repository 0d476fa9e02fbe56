"""Steps of customers that are no orders."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantKey, TenantModel


class Step(TenantModel):
    """Something a customer did on their way: searched, looked, used, rated, shared."""

    id = TenantKey(append_only=True)
    customer_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    channel_id = models.UUIDField()
    at = models.DateTimeField()
    about = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "customer_id", "kind", "at"], name="customers_step_of")]
