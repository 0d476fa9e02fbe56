"""Nouns of the ledger (核算). Amounts are integer minor units."""

from datong.ledger.types.transfers import Account, AccountKind, Balance, Difference, Posted, Transfer, TrialRow

__all__ = ["Account", "AccountKind", "Balance", "Difference", "Posted", "Transfer", "TrialRow"]
