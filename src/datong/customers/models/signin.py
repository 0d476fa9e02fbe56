"""Tables of customers' own log-ins. A challenge holds no contact, only what it can be recognised by."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import TenantKey, TenantModel


class Challenge(TenantModel):
    """A code that was sent: its hash, and how often it was guessed wrong."""

    id = TenantKey()
    code_hash = models.CharField(max_length=64)
    tries = models.SmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "expires_at"], name="customers_challenge_old")]


class Session(TenantModel):
    """A browser at which a customer is logged in, known by the hash of its token."""

    id = TenantKey()
    token_hash = models.CharField(max_length=64)
    customer_id = models.UUIDField()
    channel_id = models.UUIDField()
    began_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "token_hash"], name="customers_session_token")]
        indexes = [
            models.Index(fields=["brand_id", "expires_at"], name="customers_session_old"),
            models.Index(fields=["brand_id", "customer_id"], name="customers_session_of"),
        ]


class Passkey(TenantModel):
    """A passkey of a customer: its public key, and how often its authenticator says it was used."""

    id = TenantKey()
    customer_id = models.UUIDField()
    credential_hash = models.CharField(max_length=64)
    credential = models.BinaryField()
    public_key = models.BinaryField()
    count = models.BigIntegerField()
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "credential_hash"], name="customers_passkey_credential")
        ]
        indexes = [models.Index(fields=["brand_id", "customer_id"], name="customers_passkey_of")]
