"""Nouns of the ledger (核算): accounts, transfers. Amounts are integer minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class AccountKind(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"
    CLEARING = "clearing"  # must come back to zero


class Account(NamedTuple):
    """An account is named by its code and currency, e.g. 'clearing:order', 'asset:platform:meituan'.

    The part before the first colon is its kind. A tuple, since a batch looks for accounts in dictionaries all the time.
    """

    code: str
    currency: str

    @property
    def kind(self) -> AccountKind:
        return AccountKind(self.code.partition(":")[0])


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money moves from `credit` to `debit`: one row, so an unbalanced posting cannot exist.

    `id` is the idempotency key, minted by the caller. `subject_id` is what it is about (the order);
    `dimensions` are for multi-dimensional reports (channel, store, product...): short strings.
    """

    id: UUID
    debit: Account
    credit: Account
    amount_minor: int
    kind: str
    subject_id: UUID
    business_date: date
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Balance:
    account: Account
    debits_minor: int
    credits_minor: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Something the ledger's own check found. `what` says which rule is broken:

    'clearing_open': a clearing account has not come back to zero for its subject; 'currency_unbalanced': debits and
    credits of a currency differ; 'account_missing', 'account_differs': a row names an account that is not there, or
    whose currency is another; 'balance_differs', 'held_differs': a purse's balance row is not what its transfers and
    holds say; 'hold_exceeded', 'hold_overdue', 'capture_differs': more was taken of a hold than there was, it did not
    come back, its transfer is another; 'totals_differ': a day's total is not the sum of its transfers; 'seal_broken',
    'seal_missing', 'unsealed': a sealed transfer was changed or is gone, a seal is gone, a transfer was put in behind
    the seals; 'exchange_differs': the two legs of an exchange do not fit its rate.
    """

    what: str
    account: str
    currency: str
    difference_minor: int
    subject_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a recount of everything found. `head` is the last hash of the chain, to be noted elsewhere."""

    transfers: int
    seals: int
    head: str
    differences: tuple[Difference, ...]

    @property
    def sound(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Verification:
    """The record of a recount; `found` counts all differences, of which the first some hundred are named."""

    at: datetime
    by: str
    transfers: int
    seals: int
    head: str
    found: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account of the trial balance (试算平衡): `net_minor` is debits less credits."""

    account: Account
    debits_minor: int
    credits_minor: int

    @property
    def net_minor(self) -> int:
        return self.debits_minor - self.credits_minor


@dataclass(frozen=True, slots=True)
class Posted:
    """A transfer as it stands in the books."""

    transfer: Transfer
    posted_at: datetime
