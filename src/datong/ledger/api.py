"""The public face of the ledger."""

from datong.ledger.actions import post
from datong.ledger.queries import (
    balances,
    balances_by,
    check,
    list_transfers,
    transfers_by_id,
    transfers_of,
    trial_balance,
)
from datong.ledger.rules import clearing_nets, open_clearing, totals

__all__ = [
    "balances",
    "balances_by",
    "check",
    "clearing_nets",
    "list_transfers",
    "open_clearing",
    "post",
    "totals",
    "transfers_by_id",
    "transfers_of",
    "trial_balance",
]
