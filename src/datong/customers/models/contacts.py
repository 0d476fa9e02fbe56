"""Contacts of customers that nobody verified."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantModel


class Contact(TenantModel):
    """A phone, e-mail or device that a customer showed without proof: evidence for a person, never an identity.

    `fault` says what is wrong with one that is not well-formed; it is kept as it was given.
    """

    pk = models.CompositePrimaryKey("brand_id", "customer_id", "kind", "value")
    customer_id = KeyPart()
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    fault = models.CharField(max_length=80)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    channel_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "kind", "value"], name="customers_contact_value")]
