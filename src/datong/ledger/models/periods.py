"""Up to which business day the books are closed."""

from __future__ import annotations

from django.db import models

from datong.kernel.fields import CurrentXid, Xid8
from datong.kernel.models import TenantModel


class Gate(TenantModel):
    """One row for the brand ('') and one for each store whose days are locked; `xid` tells when all before it ended."""

    pk = models.CompositePrimaryKey("brand_id", "scope")
    scope = models.CharField(max_length=36)
    closed_until = models.DateField()
    by = models.CharField(max_length=120)
    at = models.DateTimeField()
    xid = Xid8(db_default=CurrentXid(), editable=False)
