"""Tables of service."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Case(TenantModel):
    """Something somebody asks of us, until it is done. What happened to it is rows of Step."""

    id = TenantKey()
    number = models.CharField(max_length=12)
    reason = models.CharField(max_length=40)
    phase = models.CharField(max_length=8)
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=8)
    channel_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    store_id = models.UUIDField(null=True)
    company_id = models.UUIDField(null=True)
    team = models.CharField(max_length=40, default="")
    agent = models.CharField(max_length=120, default="")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="")
    given_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "number"], name="service_case_number")]
        indexes = [
            models.Index(fields=["brand_id", "due_at", "id"], condition=~Q(state="done"), name="service_case_live"),
            models.Index(fields=["brand_id", "customer_id", "id"], name="service_case_of_customer"),
        ]


class About(TenantModel):
    """An order a case is about."""

    pk = models.CompositePrimaryKey("brand_id", "order_id", "case_id")
    order_id = KeyPart()
    case = TenantForeignKey(Case)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "case_id"], name="service_about_of_case")]


class Step(TenantModel):
    """One thing that happened with a case: who, when, why."""

    pk = models.CompositePrimaryKey("brand_id", "case_id", "id")
    case = TenantForeignKey(Case, append_only=True)
    id = KeyPart()
    kind = models.CharField(max_length=12)
    who = models.CharField(max_length=120)
    text = models.CharField(max_length=2000)
    shown = models.BooleanField()
    state = models.CharField(max_length=8, default="")
    amount_minor = models.BigIntegerField(default=0)
    at = models.DateTimeField()


class Reason(TenantModel):
    """A reason of the brand's own, or what it changed of a built-in one."""

    pk = models.CompositePrimaryKey("brand_id", "code")
    code = models.CharField(max_length=40)
    phase = models.CharField(max_length=8)
    minutes = models.IntegerField()
    name = models.CharField(max_length=80)
    active = models.BooleanField()


class Team(TenantModel):
    """Who looks after which customers."""

    pk = models.CompositePrimaryKey("brand_id", "code")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    types = models.JSONField(default=list)
    agents = models.JSONField(default=list)


class Given(TenantModel):
    """A compensation that was given, what it is worth, and by whom: the agent's day is reckoned from these."""

    id = TenantKey(append_only=True)
    case_id = models.UUIDField(null=True)
    order_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    give = models.CharField(max_length=12)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    what = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "by", "at"], name="service_given_by"),
            models.Index(fields=["brand_id", "order_id"], name="service_given_of_order"),
        ]
