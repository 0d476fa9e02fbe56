"""Reads of the ledger. Every figure is added up from the transfers: the log is the truth."""

from datong.ledger.queries.balances import (
    START,
    balances,
    balances_by,
    check,
    list_transfers,
    transfers_by_id,
    transfers_of,
    trial_balance,
)

__all__ = [
    "START",
    "balances",
    "balances_by",
    "check",
    "list_transfers",
    "transfers_by_id",
    "transfers_of",
    "trial_balance",
]
