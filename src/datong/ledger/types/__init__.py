"""Nouns of the ledger (核算). Amounts are integer minor units."""

from datong.ledger.types.purses import (
    PURSE,
    Available,
    Capture,
    Entry,
    GroupOutcome,
    Held,
    Hold,
    HoldStep,
    InsufficientBalance,
    Release,
    Standing,
    StepKind,
    is_purse,
    purse_account,
)
from datong.ledger.types.transfers import Account, AccountKind, Balance, Difference, Posted, Transfer, TrialRow

__all__ = [
    "PURSE",
    "Account",
    "AccountKind",
    "Available",
    "Balance",
    "Capture",
    "Difference",
    "Entry",
    "GroupOutcome",
    "Held",
    "Hold",
    "HoldStep",
    "InsufficientBalance",
    "Posted",
    "Release",
    "Standing",
    "StepKind",
    "Transfer",
    "TrialRow",
    "is_purse",
    "purse_account",
]
