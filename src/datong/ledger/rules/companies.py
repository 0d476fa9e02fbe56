"""In whose books each side of an entry stands (公司账): the company that runs the store, the brand, or who is named.

A franchisee's till is its own; a platform's money, stored value and what is promised with it are the brand's, at
whatever store. So an entry may have its sides in two companies' books. Each of them then has the other side on the
account `clearing:between`: the books of every company balance by themselves, and over all it comes to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from datong.ledger.types import OWN, Account, Transfer

BETWEEN = "clearing:between"
KEPT = (
    "asset:platform:*",
    "asset:provider:*",
    "clearing:wallet",
    "equity:*",
    "expense:bonus*",
    "expense:points*",
    "expense:voucher*",
    "income:bonus*",
    "income:breakage*",
    "income:points*",
    "liability:points*",
    "liability:purse:*",
    "liability:voucher*",
)
"""Codes of accounts that are the brand's wherever an entry happened."""
NAMED = "^(?:clearing:company|asset:partner|asset:bank:settlement):(own|[0-9a-f]{32})(?::|$)"
"""Codes that name the company whose account they are; POSIX and Python read it alike."""
_NAMED = re.compile(NAMED)
_KEPT = re.compile("|".join(f"(?:{re.escape(code).replace(chr(92) + '*', '.*')})" for code in KEPT))


def companies_of(transfer: Transfer) -> tuple[str, str]:
    """In whose books the debit and the credit stand: a company's uuid hex, `own` for the brand."""
    here = transfer.dimensions.get("company", "").replace("-", "") or OWN
    debit, credit = (_NAMED.match(side.code) for side in (transfer.debit, transfer.credit))
    return (_company(transfer.debit, debit, credit, here), _company(transfer.credit, credit, debit, here))


def _company(side: Account, named: re.Match[str] | None, other: re.Match[str] | None, here: str) -> str:
    found = named or other
    if found:
        return found[1]
    return OWN if _KEPT.fullmatch(side.code) else here


def sides_in(transfer: Transfer, company: str | None) -> Iterator[tuple[Account, int]]:
    """(account, minor units: debits above zero) of an entry in the books of one company; None is all of them."""
    amount, (debtor, creditor) = transfer.amount_minor, companies_of(transfer)
    if company is None or debtor == creditor:
        if company in (None, debtor):
            yield transfer.debit, amount
            yield transfer.credit, -amount
        return
    between = Account(BETWEEN, transfer.debit.currency)
    if company == debtor:
        yield transfer.debit, amount
        yield between, -amount
    elif company == creditor:
        yield between, amount
        yield transfer.credit, -amount
