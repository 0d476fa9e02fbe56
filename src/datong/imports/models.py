"""Tables of opening files: the run, its rows with what they replaced, what is wrong, remembered mappings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.imports.types import AT_WORK, Mode, RunState
from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Run(TenantModel):
    """A file on its way in. `turn` counts how often the same content was asked for again; `holder` works on it until
    `lease_until`; `progress` rows of the present stage are done."""

    id = TenantKey(relay=True)
    kind = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.BinaryField(max_length=32)
    turn = models.IntegerField(default=0)
    source = models.CharField(max_length=40, default="")
    headings = models.JSONField()
    mapping = models.JSONField(default=dict)
    constants = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)
    state = models.CharField(max_length=10)
    mode = models.CharField(max_length=6, default=Mode.GOOD)
    rows = models.IntegerField()
    progress = models.IntegerField(default=0)
    new = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    same = models.IntegerField(default=0)
    bad = models.IntegerField(default=0)
    skipped = models.IntegerField(default=0)
    found = models.IntegerField(default=0, db_default=0)
    left = models.IntegerField(default=0)
    message = models.CharField(max_length=500, default="")
    by = models.CharField(max_length=120)
    undone_by = models.CharField(max_length=120, default="")
    created_at = models.DateTimeField()
    stage_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    holder = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "kind", "file_sha256", "turn"], name="imports_run_once"),
            models.CheckConstraint(condition=Q(state__in=[s.value for s in RunState]), name="imports_run_state"),
        ]
        indexes = [
            models.Index(
                fields=["brand_id", "id"],
                name="imports_run_at_work",
                condition=Q(state__in=sorted(s.value for s in AT_WORK)),
            ),
        ]


class Part(TenantModel):
    """Up to PART_ROWS rows of a run, as JSON and deflated: `lines` as they came, `images` what they replaced."""

    pk = models.CompositePrimaryKey("brand_id", "run_id", "number")
    run = TenantForeignKey(Run)
    number = models.IntegerField()
    rows = models.IntegerField()
    lines = models.BinaryField()
    done = models.BooleanField(default=False)
    images = models.BinaryField(null=True)


class RowFault(TenantModel):
    """Something wrong in a row, or (it does not block) worth a look; `nth` counts within the row."""

    pk = models.CompositePrimaryKey("brand_id", "run_id", "line", "nth")
    run = TenantForeignKey(Run)
    line = models.IntegerField()
    nth = models.SmallIntegerField()
    column = models.CharField(max_length=60)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    blocks = models.BooleanField(default=True, db_default=True)


class Remembered(TenantModel):
    """How the columns of a file with these headings were mapped the last time."""

    pk = models.CompositePrimaryKey("brand_id", "kind", "headings_sha256")
    kind = models.CharField(max_length=40)
    headings_sha256 = models.BinaryField(max_length=32)
    mapping = models.JSONField()
    constants = models.JSONField(default=dict)
    at = models.DateTimeField()


class Reconciliation(TenantModel):
    """What a file says against what was taken in, with the control totals somebody gave; kept, and signed by a person.

    `given`, `lines`: lists as in types.Reconciled. `rest`: the rows that differ, as JSON and deflated.
    """

    id = TenantKey(relay=True)
    run = TenantForeignKey(Run)
    given = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    rest = models.BinaryField(null=True)
    differences = models.IntegerField(default=0)
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    signed_by = models.CharField(max_length=120, default="")
    signed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, default="")

    class Meta:
        indexes = [
            models.Index(fields=["brand_id", "run", "id"], name="imports_reconciliation_of"),
            models.Index(
                fields=["brand_id", "id"], name="imports_reconciliation_wait", condition=Q(done_at__isnull=True)
            ),
        ]
