"""The whole journal, a page at a time, and what clearing accounts still hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from datong.brand.api import get_brand, tree
from datong.kernel.db import in_brand, rows
from datong.ledger import rules
from datong.ledger.queries.balances import START
from datong.ledger.queries.reports import MOST_ENTRIES, entries
from datong.ledger.types import BY_COMPANY, COMPANY, OWN, Account, Asked, Posted


def journal(brand_id: UUID, asked: Asked) -> Iterator[list[Posted]]:
    """Every transfer that fits, a thousand at a time in order of posting; a statement each."""
    after = START
    while page := entries(brand_id, asked, after=after, limit=MOST_ENTRIES):
        yield page
        after = page[-1].transfer.id


def beancount(brand_id: UUID, *, until: date | None = None, company: str | None = None) -> Iterator[str]:
    """The journal up to a business day as a file that `bean-check` accepts, piece by piece.

    `company`: only the books of this company (its id; '' the brand's own); None: all of them together.
    """
    brand = get_brand(brand_id)
    asked = Asked(until=until, where={} if company is None else {BY_COMPANY: company})
    names, whose = rules.BeanNames(), company
    title = brand.name
    if company is not None:
        whose = UUID(company).hex if company else OWN
        named = {str(found.id): found.name for found in tree(brand_id).companies}
        title = f"{brand.name}: {named.get(str(UUID(company)), company)}" if company else f"{brand.name}: own"
    yield rules.beancount_head(title, brand.currency)
    for page in journal(brand_id, asked):
        yield from rules.beancount_lines(page, names, whose)


@dataclass(frozen=True, slots=True)
class Uncleared:
    """What a clearing account still holds for a subject, since when: debits less credits."""

    subject_id: UUID
    account: Account
    net_minor: int
    since: date


UNCLEARED = """
    SELECT t.subject_id, a.code, a.currency, sum(side.amount)::bigint, min(t.business_date)
      FROM ledger_account a
      JOIN ledger_transfer t ON t.brand_id = a.brand_id AND (t.debit_id = a.id OR t.credit_id = a.id)
     CROSS JOIN LATERAL (VALUES (CASE WHEN t.debit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END)) side(amount)
     WHERE a.brand_id = %(brand)s AND a.kind = 'clearing' AND NOT starts_with(a.code, %(company)s)
     GROUP BY 1, 2, 3 HAVING sum(side.amount) <> 0 ORDER BY 5, 1 LIMIT %(limit)s
"""


def uncleared(brand_id: UUID, *, limit: int = 200) -> list[Uncleared]:
    """What has not come back to zero, the oldest first; one statement. Companies settle with each other: not here."""
    with in_brand(brand_id):
        found = rows(UNCLEARED, {"brand": brand_id, "company": COMPANY, "limit": limit})
    return [Uncleared(subject, Account(code, currency), net, since) for subject, code, currency, net, since in found]
