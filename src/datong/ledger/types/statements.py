"""An account's statement (对账单): where it stood, what came and went, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from datong.ledger.types.transfers import Account, AccountKind, Posted


@dataclass(frozen=True, slots=True)
class Entered:
    """A transfer as one of its accounts sees it: what it added (taken away below zero), and what there was then."""

    posted: Posted
    other: Account
    change_minor: int
    balance_minor: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's entries by business date. `next` is the cursor of the following page, '' at the end.

    Amounts grow as the account grows: what we own, have spent or cleared by debits, what we owe or earned by credits.
    """

    account: Account
    since: date | None
    until: date
    opening_minor: int
    closing_minor: int
    lines: tuple[Entered, ...]
    next: str


def sign_of(account: Account) -> int:
    """1 where debits add to the account, -1 where credits do."""
    return 1 if account.kind in (AccountKind.ASSET, AccountKind.EXPENSE, AccountKind.CLEARING) else -1
