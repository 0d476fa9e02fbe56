"""Printers and tickets: tables."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from datong.fulfilment.models.tasks import Task
from datong.kernel.models import TenantForeignKey, TenantKey, TenantModel


class Printer(TenantModel):
    """A printer of a store; one that was removed keeps its tickets."""

    id = TenantKey()
    store_id = models.UUIDField()
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    host = models.CharField(max_length=100)
    port = models.IntegerField()
    categories = models.JSONField(default=list)
    columns = models.SmallIntegerField()
    failing_since = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, default="")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["brand_id", "store_id", "id"], name="fulfilment_printer_at")]


class Ticket(TenantModel):
    """What is to be printed at one printer, and what became of it: the log of prints and reprints."""

    id = TenantKey()
    task = TenantForeignKey(Task)
    printer = TenantForeignKey(Printer)
    copy = models.SmallIntegerField()
    content = models.JSONField()
    state = models.CharField(max_length=10)
    attempts = models.SmallIntegerField(default=0)
    next_at = models.DateTimeField()
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "task_id", "printer_id", "copy"], name="fulfilment_ticket_once")
        ]
        indexes = [
            models.Index(
                fields=["brand_id", "next_at", "id"], name="fulfilment_ticket_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["brand_id", "printer_id", "id"], name="fulfilment_ticket_at"),
        ]
