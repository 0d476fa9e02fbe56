"""Tables of insight: figures made from events, each of which can be recomputed from the rows."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantModel


class ChannelDay(TenantModel):
    """Orders of a channel on a day (UTC): how many, worth how much, how many need a hand."""

    pk = models.CompositePrimaryKey("brand_id", "channel_id", "day", "currency")
    channel_id = KeyPart()
    day = models.DateField()
    currency = models.CharField(max_length=3)
    orders = models.IntegerField(default=0)
    units = models.BigIntegerField(default=0)
    revenue_minor = models.BigIntegerField(default=0)
    exceptions = models.IntegerField(default=0)
