"""What may be posted, and what must hold of the books."""

from datong.ledger.rules.purses import MAX_TURNOVER, Served, capture_of, check_steps, serve, settle
from datong.ledger.rules.transfers import (
    COMPARED,
    MAX_CODE,
    MAX_DIMENSION,
    MAX_DIMENSIONS,
    MAX_KIND,
    MAX_PROBLEMS,
    account_id,
    check_transfers,
    clearing_nets,
    open_clearing,
    refuse_other,
    totals,
    unbalanced,
)

__all__ = [
    "COMPARED",
    "MAX_CODE",
    "MAX_DIMENSION",
    "MAX_DIMENSIONS",
    "MAX_KIND",
    "MAX_PROBLEMS",
    "MAX_TURNOVER",
    "Served",
    "account_id",
    "capture_of",
    "check_steps",
    "check_transfers",
    "clearing_nets",
    "open_clearing",
    "refuse_other",
    "serve",
    "settle",
    "totals",
    "unbalanced",
]
