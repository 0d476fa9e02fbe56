"""Tables of points: programmes and rules, purses with what they owe, lots, acts and their moves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Programme(TenantModel):
    """What points are worth and how long they live; `settings` are the fields of types.Programme."""

    id = TenantKey()
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    settings = models.JSONField()
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="wallet_programme_code")]


class EarningRule(TenantModel):
    """A rule by which points are earned; `settings` are the fields of types.EarningRule."""

    pk = models.CompositePrimaryKey("brand_id", "programme_id", "code")
    programme = TenantForeignKey(Programme)
    code = models.CharField(max_length=40)
    settings = models.JSONField()


class PointPurse(TenantModel):
    """A record's points in a programme; its id follows from the two. Whoever changes the points locks this row."""

    id = TenantKey()
    programme = TenantForeignKey(Programme)
    customer_id = models.UUIDField()
    owed = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "customer_id", "programme"], name="wallet_pointpurse_of"),
            models.CheckConstraint(condition=Q(owed__gte=0), name="wallet_pointpurse_owed"),
        ]


class Lot(TenantModel):
    """Points that were earned together and expire together."""

    id = TenantKey()
    purse = TenantForeignKey(PointPurse)
    points = models.BigIntegerField()
    left = models.BigIntegerField()
    value_minor = models.BigIntegerField()
    source = models.CharField(max_length=60)
    earned_at = models.DateTimeField()
    pending = models.BooleanField(default=False)
    starts_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    subject_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left__gte=0) & Q(left__lte=F("points")), name="wallet_lot_left"),
            models.CheckConstraint(condition=Q(points__gt=0), name="wallet_lot_points"),
        ]
        indexes = [
            models.Index(fields=["brand_id", "purse", "id"], name="wallet_lot_open", condition=Q(left__gt=0)),
            models.Index(fields=["brand_id", "subject_id"], name="wallet_lot_of"),
            models.Index(
                fields=["brand_id", "expires_at"], name="wallet_lot_expiry", condition=Q(left__gt=0, pending=False)
            ),
            models.Index(
                fields=["brand_id", "starts_at"], name="wallet_lot_start", condition=Q(left__gt=0, pending=True)
            ),
        ]


class PointAct(TenantModel):
    """One thing that happened to somebody's points, once for its key; never changed."""

    id = TenantKey(append_only=True)
    programme = TenantForeignKey(Programme)
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=160)
    customer_id = models.UUIDField()
    points = models.BigIntegerField()
    spend_minor = models.BigIntegerField(default=0)
    basis_minor = models.BigIntegerField(default=0)
    subject_id = models.UUIDField(null=True)
    source = models.CharField(max_length=60, default="")
    by = models.CharField(max_length=120)
    reason = models.CharField(max_length=300, default="")
    detail = models.JSONField(default=dict)
    store_id = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "programme", "key"], name="wallet_pointact_key")]
        indexes = [
            models.Index(fields=["brand_id", "customer_id", "programme", "id"], name="wallet_pointact_of"),
            models.Index(fields=["brand_id", "subject_id", "id"], name="wallet_pointact_subject"),
        ]


class PointMove(TenantModel):
    """What an act did to a lot, or to what a purse owes (no lot); never changed."""

    pk = models.CompositePrimaryKey("brand_id", "act_id", "seq")
    act = TenantForeignKey(PointAct, append_only=True)
    seq = models.SmallIntegerField()
    purse_id = KeyPart()
    lot_id = models.UUIDField(null=True)
    bucket = models.CharField(max_length=8)
    points = models.BigIntegerField()
    value_minor = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "purse_id", "act"], name="wallet_pointmove_of")]
