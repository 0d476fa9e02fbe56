"""Tables of sync: what is told (outward), what is read (inward)."""

from datong.sync.models.compat import Check
from datong.sync.models.erp import Erp, ErpFile, ErpOut, ErpRow
from datong.sync.models.inward import Pull, Theirs
from datong.sync.models.masters import FieldMaster, FieldValue
from datong.sync.models.outward import LANES, Counterpart, Lane, Link, Outward
from datong.sync.models.reconcile import Difference, Report, Total

__all__ = [
    "LANES",
    "Check",
    "Counterpart",
    "Difference",
    "Erp",
    "ErpFile",
    "ErpOut",
    "ErpRow",
    "FieldMaster",
    "FieldValue",
    "Lane",
    "Link",
    "Outward",
    "Pull",
    "Report",
    "Theirs",
    "Total",
]
