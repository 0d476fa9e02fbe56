"""Nouns of the ledger (核算). Amounts are integer minor units."""

from datong.ledger.types.chart import Chart, ChartLine, Line, Standard, Template
from datong.ledger.types.periods import KIND_OF_PERIOD, Gate, PeriodClosed
from datong.ledger.types.posting import PostingRule, Rulebook
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
from datong.ledger.types.reports import DIMENSIONS, ORDER, Asked, Report, ReportRow, shown
from datong.ledger.types.transfers import Account, AccountKind, Balance, Difference, Posted, Transfer, TrialRow

__all__ = [
    "Account",
    "AccountKind",
    "Asked",
    "Available",
    "Balance",
    "Capture",
    "Chart",
    "ChartLine",
    "DIMENSIONS",
    "Difference",
    "Entry",
    "Gate",
    "GroupOutcome",
    "Held",
    "Hold",
    "HoldStep",
    "InsufficientBalance",
    "KIND_OF_PERIOD",
    "Line",
    "ORDER",
    "PURSE",
    "PeriodClosed",
    "Posted",
    "PostingRule",
    "Release",
    "Report",
    "ReportRow",
    "Rulebook",
    "Standard",
    "Standing",
    "StepKind",
    "Template",
    "Transfer",
    "TrialRow",
    "is_purse",
    "purse_account",
    "shown",
]
