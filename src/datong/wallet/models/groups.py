"""Tables of buying together."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class GroupDeal(TenantModel):
    """What is bought together, by how many within what time, at what price."""

    id = TenantKey()
    offer = models.CharField(max_length=40)
    title = models.CharField(max_length=120)
    people = models.SmallIntegerField()
    hours = models.SmallIntegerField()
    price_minor = models.BigIntegerField()
    active = models.BooleanField()
    ends_at = models.DateTimeField(null=True)


class Group(TenantModel):
    """A group: `joined` counts its places, so that the last one is given once."""

    id = TenantKey()
    deal = TenantForeignKey(GroupDeal)
    people = models.SmallIntegerField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10)
    joined = models.SmallIntegerField()
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(joined__lte=F("people")), name="wallet_group_places")]
        indexes = [models.Index(fields=["brand_id", "ends_at"], condition=Q(state="open"), name="wallet_group_open")]


class GroupMember(TenantModel):
    """Somebody in a group, once; `key` is the caller's."""

    id = TenantKey()
    group = TenantForeignKey(Group)
    customer_id = models.UUIDField()
    key = models.CharField(max_length=240)
    method = models.CharField(max_length=60)
    ref = models.CharField(max_length=200)
    at = models.DateTimeField()
    voucher_id = models.UUIDField(null=True)
    back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "key"], name="wallet_groupmember_key"),
            models.UniqueConstraint(fields=["brand_id", "group", "customer_id"], name="wallet_groupmember_once"),
        ]
