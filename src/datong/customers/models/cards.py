"""Tables of the membership card."""

from __future__ import annotations

from django.db import models

from datong.customers.models.people import Customer
from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Card(TenantModel):
    """A membership card of a record; `number` is also a verified identity of the record."""

    id = TenantKey()
    customer = TenantForeignKey(Customer)
    number = models.CharField(max_length=32)
    state = models.CharField(max_length=10)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=120)
    changed_at = models.DateTimeField()
    reason = models.CharField(max_length=300, default="")
    replaced_by = models.UUIDField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "number"], name="customers_card_number")]
        indexes = [models.Index(fields=["brand_id", "customer_id"], name="customers_card_of")]


class CardKey(TenantModel):
    """The sealed secret of one phone for one card; `last_step` is the newest code of it that paid."""

    id = TenantKey()
    card = TenantForeignKey(Card)
    no = models.IntegerField()
    secret = models.BinaryField()
    label = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "card", "no"], name="customers_cardkey_no")]
