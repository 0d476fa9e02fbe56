"""What one company owes another (公司间往来): a clearing account for each ordered pair.

Whoever posts to it posts the same amount to the other company's receivable (`company_receivable`), at once or by way
of an expense of the one and an income of the other: a settlement takes both back to zero. `merchants` enters points,
stored value, top-ups and commission; what others post there (royalty, platform money) becomes lines of the same
settlements.
"""

from __future__ import annotations

from uuid import UUID

from datong.ledger.types.transfers import Account

COMPANY = "clearing:company:"
OWN = "own"
"""The brand itself, beside the companies that run stores of it."""


def company_clearing(from_id: UUID | None, to_id: UUID | None, currency: str) -> Account:
    """The account on which stands what company `from_id` owes company `to_id`; None is the brand itself.

    A credit makes `from_id` owe more, a debit less: its credit balance is what it owes. A settlement brings it back to
    zero; until then it stands open, whatever the subject, so the ledger's check of open clearing leaves it out.
    """
    if from_id == to_id:
        raise ValueError("a company owes itself nothing")
    return Account(f"{COMPANY}{_name(from_id)}:{_name(to_id)}", currency)


def company_receivable(from_id: UUID | None, to_id: UUID | None, currency: str) -> Account:
    """What company `to_id` is to get of `from_id`, in its own books: the other side of `company_clearing`."""
    if from_id == to_id:
        raise ValueError("a company owes itself nothing")
    return Account(f"asset:partner:{_name(to_id)}:{_name(from_id)}", currency)


def company_pair(code: str) -> tuple[UUID | None, UUID | None] | None:
    """The two companies an account of such a name is about (who owes, whom); None for any other account."""
    if not code.startswith(COMPANY):
        return None
    owes, _, owed = code.removeprefix(COMPANY).partition(":")
    return _id(owes), _id(owed)


def _name(company: UUID | None) -> str:
    return company.hex if company else OWN


def _id(name: str) -> UUID | None:
    return None if name == OWN else UUID(hex=name)
