"""Base of tenant tables, and the kernel's own: outbox, cursors, dead letters, idempotency keys, the audit trail."""

from __future__ import annotations

from django.db import models

from datong.kernel.fields import CurrentXid, KeyPart, TenantForeignKey, TenantKey, UuidList, Xid8

__all__ = [
    "AuditEntry",
    "CurrentXid",
    "Cursor",
    "DeadLetter",
    "KeyPart",
    "Once",
    "OutboxEvent",
    "TenantForeignKey",
    "TenantKey",
    "TenantModel",
    "Tries",
    "UuidList",
    "Xid8",
]


class TenantModel(models.Model):
    """A row of one brand. The first field, so that it is the first column and the first in every key."""

    brand_id = models.UUIDField(editable=False)

    class Meta:
        abstract = True


class OutboxEvent(TenantModel):
    """A fact, written in the transaction that made it true, read by transaction snapshot (kernel.relay)."""

    id = TenantKey(partitioned=True, append_only=True, relay=True)
    xid = Xid8(db_default=CurrentXid(), editable=False)
    lane = models.SmallIntegerField()
    aggregate = models.UUIDField()
    name = models.CharField(max_length=80)
    version = models.SmallIntegerField()
    payload = models.JSONField()
    trace = models.CharField(max_length=55, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "lane", "xid", "id"], name="kernel_outbox_read"),
            models.Index(fields=["brand_id", "aggregate", "id"], name="kernel_outbox_of"),
        ]


class Cursor(TenantModel):
    """How far a consumer has read in a lane; locked while it reads, moved in the transaction of its effects."""

    pk = models.CompositePrimaryKey("brand_id", "consumer", "lane")
    consumer = models.CharField(max_length=60)
    lane = models.SmallIntegerField()
    xid = Xid8(editable=False)
    last = KeyPart(relay=True)


class DeadLetter(TenantModel):
    """An event a consumer could not apply, with the reason; it waits for a person, the others went on."""

    id = TenantKey()
    consumer = models.CharField(max_length=60)
    event_id = models.UUIDField()
    name = models.CharField(max_length=80)
    reason = models.TextField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "settled_at", "id"], name="kernel_deadletter_open")]


class Once(TenantModel):
    """The answer given to an idempotency key, and the hash of what was asked."""

    pk = models.CompositePrimaryKey("brand_id", "scope", "key")
    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    asked = models.BinaryField(max_length=32)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()


class Tries(TenantModel):
    """How often somebody guessed wrong since a moment (`kernel.tries`)."""

    pk = models.CompositePrimaryKey("brand_id", "key")
    key = models.CharField(max_length=120)
    since = models.DateTimeField()
    count = models.IntegerField()


class AuditEntry(TenantModel):
    """Who did what to what, when, why: written by `kernel.audit.record`, never changed, never deleted."""

    id = TenantKey(partitioned=True, append_only=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    store_id = models.UUIDField(null=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=500, default="")
    trace = models.CharField(max_length=32, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "subject", "id"], name="kernel_audit_subject"),
            models.Index(fields=["brand_id", "actor", "id"], name="kernel_audit_actor"),
            models.Index(fields=["brand_id", "verb", "id"], name="kernel_audit_verb"),
            models.Index(fields=["brand_id", "store_id", "id"], name="kernel_audit_store"),
        ]
