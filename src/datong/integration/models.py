"""Tables of integration: addresses of doors (global), what came in through them, files under way."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.integration.types import InboxState
from datong.kernel.models import TenantKey, TenantModel


class Endpoint(models.Model):
    """A door's address. Global: a delivery must find its brand before it is inside one."""

    token = models.CharField(primary_key=True, max_length=43, editable=False)
    brand_id = models.UUIDField(editable=False)
    channel_id = models.UUIDField()
    connector = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    sealed = models.BinaryField()
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "channel_id"], name="integration_endpoint_of")]


class ImportRun(TenantModel):
    """A file and how far it was read: `row` is the last row whose order is in the inbox."""

    id = TenantKey()
    channel_id = models.UUIDField()
    file_name = models.CharField(max_length=200)
    file_sha256 = models.BinaryField(max_length=32)
    mapping = models.TextField()
    mapping_sha256 = models.BinaryField(max_length=32)
    row = models.IntegerField(default=0)
    orders = models.IntegerField(default=0)
    states = models.JSONField(default=dict)
    done = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "channel_id", "file_sha256", "mapping_sha256"], name="integration_run_once"
            )
        ]


class Inbox(TenantModel):
    """One delivery, or one order of a batch: raw, with what became of it. Bodies are never changed: a correction is a
    row of its own. `awaits`: the platform must be asked for details before it can be read. `door`: the endpoint's
    token, or a name of who called."""

    id = TenantKey(partitioned=True, relay=True)
    channel_id = models.UUIDField()
    connector = models.CharField(max_length=20)
    door = models.CharField(max_length=80, default="")
    run_id = models.UUIDField(null=True)
    vouches = models.BooleanField(default=False)
    external_id = models.CharField(max_length=120, default="")
    sha256 = models.BinaryField(max_length=32)
    size_bytes = models.IntegerField()
    received_at = models.DateTimeField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    fetched = models.BinaryField(null=True)
    state = models.CharField(max_length=12)
    awaits = models.BooleanField(default=False)
    attempts = models.SmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    problems = models.JSONField(default=list)
    outcome = models.JSONField(default=dict)
    history = models.JSONField(default=list)
    corrected_from = models.UUIDField(null=True)
    corrected_by = models.CharField(max_length=80, default="")
    trace = models.CharField(max_length=55, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in InboxState]), name="integration_inbox_state")
        ]
        indexes = [
            models.Index(fields=["brand_id", "id"], name="integration_inbox_pending", condition=Q(state="pending")),
            models.Index(fields=["brand_id", "state", "id"], name="integration_inbox_by_state"),
            models.Index(fields=["brand_id", "channel_id", "external_id"], name="integration_inbox_by_ext"),
            models.Index(
                fields=["brand_id", "run_id"], name="integration_inbox_by_run", condition=Q(run_id__isnull=False)
            ),
        ]
