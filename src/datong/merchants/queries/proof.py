"""That the lines are what the ledger says: the account of each pair is the sum of its lines that are not settled."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.ledger.api import accounts, balances
from datong.ledger.types import COMPANY, Difference, company_clearing

ENTERED = """
    SELECT e.company_id, e.counter_id, e.owes, e.currency, sum(e.amount_minor)::bigint
      FROM merchants_entry e
      LEFT JOIN merchants_run r ON r.brand_id = e.brand_id AND r.id = e.run_id AND r.state IN ('posted', 'paid')
     WHERE e.brand_id = %(brand)s AND r.id IS NULL
     GROUP BY 1, 2, 3, 4
"""


def entered(brand_id: UUID) -> dict[tuple[str, str], int]:
    """What stands open by lines: (code of the pair's account, currency) -> what is owed; one statement."""
    found: dict[tuple[str, str], int] = {}
    with in_brand(brand_id):
        for company, counter, owes, currency, amount in rows(ENTERED, {"brand": brand_id}):
            sides = (company, counter) if owes else (counter, company)
            found[company_clearing(*sides, currency).code, currency] = amount
    return found


def merchant_differences(brand_id: UUID) -> list[Difference]:
    """Accounts of pairs that are not the sum of their open lines; three statements. Registered with the ledger.

    Lines and balances are read one after the other: a difference counts when it is there a second time.
    """
    first = _differences(brand_id)
    return [found for found in _differences(brand_id) if found in first] if first else []


def _differences(brand_id: UUID) -> list[Difference]:
    with in_brand(brand_id):
        ours = entered(brand_id)
        codes = accounts(brand_id, COMPANY, limit=1000)
        books = {(b.account.code, b.account.currency): b.credits_minor - b.debits_minor
                 for b in balances(brand_id, codes)} if codes else {}  # fmt: skip
    return [
        Difference("companies_differ", code, currency, books.get((code, currency), 0) - ours.get((code, currency), 0))
        for code, currency in sorted({*ours, *books})
        if books.get((code, currency), 0) != ours.get((code, currency), 0)
    ]
