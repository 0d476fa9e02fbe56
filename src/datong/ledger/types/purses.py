"""Purses (钱包) and holds (预授权): accounts that never go below their floor, and money put aside for a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, Problem
from datong.ledger.types.transfers import Account, Transfer

PURSE = "liability:purse:"


def purse_account(purse_id: UUID, part: str, unit: str) -> Account:
    """The account of one part of a purse (principal, bonus, points, voucher...), in a currency, PTS or VCH.

    It is held to its floor by the database: it cannot be overdrawn, whoever spends from it at once.
    """
    return Account(f"{PURSE}{purse_id.hex}:{part}", unit)


def is_purse(account: Account) -> bool:
    return account.code.startswith(PURSE)


class InsufficientBalance(Conflict):
    """A purse has less than was wanted. `available_minor` is what could have been taken, credit line included."""

    code = "insufficient_balance"

    def __init__(self, account: Account, wanted_minor: int, available_minor: int) -> None:
        self.account, self.wanted_minor, self.available_minor = account, wanted_minor, available_minor
        problem = Problem("amount_minor", self.code, f"at most {available_minor} {account.currency}", wanted_minor)
        super().__init__(f"{account.code} has {available_minor} {account.currency}, not {wanted_minor}", problem)


@dataclass(frozen=True, slots=True)
class Hold:
    """Money of `debit` put aside for `credit` until it is captured, released or `expires_at` passes.

    `id` is a UUIDv7 minted by the caller and the idempotency key. One of the two accounts is a purse. What is held on
    the debit side cannot be spent otherwise; what is held on the credit side is only announced. None never expires.
    """

    id: UUID
    debit: Account
    credit: Account
    amount_minor: int
    kind: str
    subject_id: UUID
    business_date: date
    expires_at: datetime | None
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capture:
    """Take a part of a hold, or all of it: a transfer with this `id` between the accounts of the hold.

    What is left out is as the hold says it; `dimensions` are added to the hold's.
    """

    id: UUID
    hold_id: UUID
    amount_minor: int
    business_date: date | None = None
    kind: str = ""
    subject_id: UUID | None = None
    dimensions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Release:
    """Give back a part of a hold; None is all that is left of it, be that nothing."""

    id: UUID
    hold_id: UUID
    amount_minor: int | None = None


class StepKind(StrEnum):
    CAPTURE = "capture"
    RELEASE = "release"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class HoldStep:
    """What became of a part of a hold."""

    id: UUID
    hold_id: UUID
    what: StepKind
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Held:
    """A hold as it stands: what was captured and given back so far."""

    hold: Hold
    held_at: datetime
    captured_minor: int
    released_minor: int

    @property
    def left_minor(self) -> int:
        return self.hold.amount_minor - self.captured_minor - self.released_minor


@dataclass(slots=True)
class Standing:
    """The balance row of a purse account."""

    debits: int = 0
    credits: int = 0
    held_debits: int = 0
    held_credits: int = 0
    floor: int = 0

    @property
    def free(self) -> int:
        """What may still be taken, credit line included."""
        return self.credits - self.debits - self.held_debits - self.floor


@dataclass(frozen=True, slots=True)
class Available:
    """What a purse account has: posted, put aside of it, and what is left (`posted_minor - held_minor`).

    `spendable_minor` is what may be taken: the credit line (a floor below zero) added.
    """

    posted_minor: int = 0
    held_minor: int = 0
    floor_minor: int = 0

    @property
    def available_minor(self) -> int:
        return self.posted_minor - self.held_minor

    @property
    def spendable_minor(self) -> int:
        return self.available_minor - self.floor_minor


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What became of one group: `new` rows written (0 for a repeat), or the reason why nothing of it was."""

    new: int = 0
    refused: Conflict | None = None


Entry = Transfer | Hold
