"""The public face of the ledger."""

from datong.ledger.actions import capture, expire, hold, hold_each, post, post_each, release, set_floor
from datong.ledger.queries import (
    available,
    balances,
    balances_by,
    check,
    holds_by_id,
    holds_of,
    list_transfers,
    transfers_by_id,
    transfers_of,
    trial_balance,
)
from datong.ledger.rules import clearing_nets, open_clearing, totals

__all__ = [
    "available",
    "balances",
    "balances_by",
    "capture",
    "check",
    "clearing_nets",
    "expire",
    "hold",
    "hold_each",
    "holds_by_id",
    "holds_of",
    "list_transfers",
    "open_clearing",
    "post",
    "post_each",
    "release",
    "set_floor",
    "totals",
    "transfers_by_id",
    "transfers_of",
    "trial_balance",
]
