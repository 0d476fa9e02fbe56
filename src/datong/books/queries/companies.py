"""Each company's books beside the brand's own, what stands between them, and the terms of royalties."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from datong.books.rules.royalty import NET_SALES
from datong.books.types import CompanyBooks, PairBooks, Royalty
from datong.brand.api import get_brand, tree
from datong.kernel.db import in_brand, rows
from datong.ledger.api import BETWEEN, report
from datong.ledger.types import COMPANY, Asked, ReportRow, company_pair, company_receivable

TERMS = """
    SELECT company_id, valid_from, rate_bp, by FROM books_royalty
     WHERE brand_id = %(brand)s AND (%(company)s::uuid IS NULL OR company_id = %(company)s)
     ORDER BY company_id, valid_from DESC LIMIT 10000
"""


def royalties(brand_id: UUID, company_id: UUID | None = None) -> list[Royalty]:
    """The terms of royalties, the newest of each company first; one statement."""
    with in_brand(brand_id):
        return [Royalty(*row) for row in rows(TERMS, {"brand": brand_id, "company": company_id})]


def company_books(brand_id: UUID, since: date, until: date) -> list[CompanyBooks]:
    """Every company and the brand itself by currency, the brand first; six statements whatever the number."""
    currency = get_brand(brand_id).currency
    names: dict[UUID | None, str] = {None: ""}
    names |= {found.id: found.name for found in tree(brand_id).companies}
    rates: dict[UUID, int] = {}
    for term in royalties(brand_id):
        if term.valid_from <= until:
            rates.setdefault(term.company_id, term.rate_bp)
    sums: dict[tuple[UUID | None, str], list[int]] = {(id_, currency): [0, 0, 0] for id_ in names}
    earned = report(brand_id, Asked(since, until, codes=("income:", "expense:")), by="company").rows
    between = report(brand_id, Asked(until=until, codes=(BETWEEN,)), by="company").rows
    for row in (*earned, *between):
        key = UUID(row.value) if row.value else None, row.account.currency
        figures = sums.setdefault(key, [0, 0, 0])
        if row.account.code == BETWEEN:
            figures[2] -= row.closing_minor
        else:
            figures[0] -= row.net_minor if row.account.code.startswith(NET_SALES) else 0
            figures[1] -= row.net_minor
    order = sorted(sums, key=lambda key: (key[0] is not None, names.get(key[0], ""), key[1] != currency, key[1]))
    return [
        CompanyBooks(id_, names.get(id_, str(id_)), unit, sales, profit, rates.get(id_) if id_ else None, -left)
        for id_, unit in order
        for sales, profit, left in [sums[id_, unit]]
    ]


def company_pairs(brand_id: UUID, until: date) -> list[PairBooks]:
    """What each company owes each other at the end of a day, as both have it; one statement."""
    found = report(brand_id, Asked(until=until, codes=(COMPANY, "asset:partner:"))).rows
    stands = {(row.account.code, row.account.currency): row.closing_minor for row in found}
    pairs = {(pair, row.account.currency) for row in found if (pair := _pair(row)) is not None}
    made = []
    for (owes, owed), unit in sorted(pairs, key=str):
        receivable = stands.get((company_receivable(owes, owed, unit).code, unit), 0)
        payable = -sum(minor for (code, in_), minor in stands.items() if in_ == unit and _is(code, owes, owed))
        if receivable or payable:
            made.append(PairBooks(owes, owed, unit, payable, receivable))
    return made


def _pair(row: ReportRow) -> tuple[UUID | None, UUID | None] | None:
    found = company_pair(row.account.code)
    if found is None and len(parts := row.account.code.split(":")) == 4:
        return company_pair(f"{COMPANY}{parts[3]}:{parts[2]}") if _named(parts[2:]) else None
    return found


def _named(parts: Iterable[str]) -> bool:
    return all(part == "own" or len(part) == 32 for part in parts)


def _is(code: str, owes: UUID | None, owed: UUID | None) -> bool:
    return company_pair(code) == (owes, owed)
