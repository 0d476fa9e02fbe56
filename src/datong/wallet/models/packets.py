"""Tables of red packets."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Packet(TenantModel):
    """A packet: `taken` counts its shares, so that the last one is given once. Code and seed are sealed."""

    id = TenantKey()
    giver_id = models.UUIDField(null=True)
    purse_id = models.UUIDField(null=True)
    offer = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    shares = models.SmallIntegerField()
    how = models.CharField(max_length=10)
    least_minor = models.BigIntegerField()
    note = models.CharField(max_length=60)
    state = models.CharField(max_length=10)
    taken = models.SmallIntegerField()
    taken_minor = models.BigIntegerField()
    back_minor = models.BigIntegerField()
    seed_hash = models.CharField(max_length=64)
    seed = models.BinaryField()
    code_hash = models.CharField(max_length=64)
    code = models.BinaryField()
    at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "code_hash"], name="wallet_packet_code"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("shares"), taken_minor__lte=F("total_minor") - F("back_minor")),
                name="wallet_packet_shares",
            ),
        ]
        indexes = [
            models.Index(fields=["brand_id", "ends_at"], condition=Q(state="open"), name="wallet_packet_open"),
            models.Index(
                fields=["brand_id", "giver_id", "at"], condition=Q(giver_id__isnull=False), name="wallet_packet_of"
            ),
        ]


class PacketClaim(TenantModel):
    """A share that somebody took; a person takes one. Never changed."""

    id = TenantKey(append_only=True)
    packet = TenantForeignKey(Packet)
    n = models.SmallIntegerField()
    customer_id = models.UUIDField()
    amount_minor = models.BigIntegerField()
    purse_id = models.UUIDField(null=True)
    voucher_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "packet", "n"], name="wallet_packetclaim_n"),
            models.UniqueConstraint(fields=["brand_id", "packet", "customer_id"], name="wallet_packetclaim_once"),
        ]
        indexes = [models.Index(fields=["brand_id", "customer_id", "at"], name="wallet_packetclaim_of")]
