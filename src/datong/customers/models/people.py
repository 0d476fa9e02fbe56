"""Tables of customers. The key of an identity is what makes two doors meet in one customer."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from datong.kernel.models import KeyPart, TenantForeignKey, TenantKey, TenantModel


class Customer(TenantModel):
    id = TenantKey()
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=35)
    created_at = models.DateTimeField()
    head_id = models.UUIDField(null=True)
    """The oldest record of the same person; null: this one. Follows from the merges that stand."""

    class Meta:
        indexes = [
            models.Index(
                fields=["brand_id", "head_id"], name="customers_customer_head", condition=Q(head_id__isnull=False)
            ),
            GinIndex(
                fields=["brand_id", "name"], opclasses=["uuid_ops", "gin_trgm_ops"], name="customers_customer_name"
            ),
        ]


class Identity(TenantModel):
    """A verified identity and whose it is; unverified contacts stay with their order and are never here."""

    pk = models.CompositePrimaryKey("brand_id", "kind", "value")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    customer = TenantForeignKey(Customer)
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    channel_id = models.UUIDField()
    proof = models.CharField(max_length=200, default="", db_default="")
    """How it was verified, where a file said so; a door that shows it verified it by itself."""

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "customer_id"], name="customers_identity_of"),
            GinIndex(
                fields=["brand_id", "value"], opclasses=["uuid_ops", "gin_trgm_ops"], name="customers_identity_value"
            ),
        ]


class MergeProposal(TenantModel):
    """Two customers that may be one: `a` < `b`, so a pair is proposed once, whatever became of it."""

    pk = models.CompositePrimaryKey("brand_id", "a", "b")
    a = KeyPart()
    b = KeyPart()
    keep = models.UUIDField()
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, default="")
    outcome = models.CharField(max_length=10, default="")
    reason = models.CharField(max_length=500, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(a__lt=F("b")), name="customers_mergeproposal_pair")]
        indexes = [
            models.Index(fields=["brand_id", "b"], name="customers_mergeproposal_b"),
            models.Index(fields=["brand_id", "at"], condition=Q(settled_at=None), name="customers_mergeproposal_open"),
        ]


class Merge(TenantModel):
    """That two records are one person. Never rewritten but for its end; what belongs to a record stays with it."""

    id = TenantKey()
    a = models.UUIDField()
    b = models.UUIDField()
    reason = models.CharField(max_length=500)
    evidence = models.JSONField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120)
    undone_reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="customers_merge_pair"),
            models.UniqueConstraint(
                fields=["brand_id", "a", "b"], name="customers_merge_stands", condition=Q(undone_at=None)
            ),
        ]
        indexes = [
            models.Index(fields=["brand_id", "a"], name="customers_merge_a"),
            models.Index(fields=["brand_id", "b"], name="customers_merge_b"),
        ]


class Consent(TenantModel):
    """What a customer said to a purpose and means. Only added to: it is the proof."""

    id = TenantKey(append_only=True)
    customer_id = models.UUIDField()
    purpose = models.CharField(max_length=20)
    means = models.CharField(max_length=10)
    said = models.CharField(max_length=10)
    at = models.DateTimeField()
    source = models.CharField(max_length=60)
    text_version = models.CharField(max_length=60)
    proof = models.CharField(max_length=500, default="", db_default="")
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "customer_id", "purpose", "means", "id"], name="customers_consent_of"),
        ]


class Touch(TenantModel):
    """What somebody at work did, offered or has to do for a customer: who, when, and when it was done."""

    id = TenantKey()
    customer_id = models.UUIDField()
    kind = models.CharField(max_length=10)
    text = models.CharField(max_length=500)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    due = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=120)
    doer = models.CharField(max_length=120, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "customer_id", "id"], name="customers_touch_of"),
            models.Index(
                fields=["brand_id", "due"], name="customers_touch_open", condition=Q(due__isnull=False, done_at=None)
            ),
        ]
