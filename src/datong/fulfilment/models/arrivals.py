"""Customers who are in the store: tables."""

from __future__ import annotations

from django.db import models

from datong.fulfilment.models.tasks import Task
from datong.kernel.models import TenantForeignKey, TenantModel


class Arrival(TenantModel):
    """A customer said that they are in the store for a task; once."""

    pk = models.CompositePrimaryKey("brand_id", "task_id")
    task = TenantForeignKey(Task)
    at = models.DateTimeField()
