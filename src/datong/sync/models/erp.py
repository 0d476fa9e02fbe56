"""Tables of ERP connections: who, what was read, what was told."""

from __future__ import annotations

from django.db import models

from datong.kernel.models import KeyPart, TenantKey, TenantModel


class Erp(TenantModel):
    """A connection: its mapping, where it exchanges, its sealed credentials. Before it is `live` nothing is changed."""

    id = TenantKey()
    code = models.CharField(max_length=40)
    mapping = models.CharField(max_length=60)
    settings = models.JSONField(default=dict)
    sealed = models.BinaryField()
    live = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    read_from = models.JSONField(default=dict)
    failures = models.IntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand_id", "code"], name="sync_erp_code")]


class ErpFile(TenantModel):
    """A file that was read, by its content: the same content is read once. Or one that was written (`out`)."""

    pk = models.CompositePrimaryKey("brand_id", "erp_id", "sha")
    erp_id = KeyPart()
    sha = models.BinaryField(max_length=32)
    name = models.CharField(max_length=200)
    feed = models.CharField(max_length=12)
    out = models.BooleanField(default=False)
    state = models.CharField(max_length=10)
    rows = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    problems = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["brand_id", "erp_id", "at"], name="sync_erpfile_latest")]


class ErpRow(TenantModel):
    """What an ERP told about one key last: a row that says the same again changes nothing."""

    pk = models.CompositePrimaryKey("brand_id", "erp_id", "feed", "key")
    erp_id = KeyPart()
    feed = models.CharField(max_length=12)
    key = models.CharField(max_length=200)
    sha = models.BinaryField(max_length=32)
    at = models.DateTimeField()


class ErpOut(TenantModel):
    """Something an ERP is told once: an order, a day's settlement. `batch` is the file it stands in, '' before."""

    pk = models.CompositePrimaryKey("brand_id", "erp_id", "what", "key")
    erp_id = KeyPart()
    what = models.CharField(max_length=12)
    key = models.CharField(max_length=80)
    batch = models.CharField(max_length=40, default="")
    reference = models.CharField(max_length=80, default="")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["brand_id", "erp_id", "what"], name="sync_erpout_waiting", condition=models.Q(sent_at=None)
            )
        ]
