"""Reads of partners and contracts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from datong.brand.api import tree
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.ledger.api import rulebook
from datong.merchants import rules
from datong.merchants.types import Contract, Partner

COLUMNS = "id, company_id, valid_from, terms, asked_by, by, at"
CONTRACTS = f"""
    SELECT {COLUMNS} FROM merchants_contract
     WHERE brand_id = %(brand)s AND (%(companies)s::uuid[] IS NULL OR company_id = ANY(%(companies)s::uuid[]))
     ORDER BY company_id, valid_from DESC
"""  # noqa: S608  constants only


def contracts(brand_id: UUID, companies: Collection[UUID] | None = None) -> dict[UUID, list[Contract]]:
    """The versions of these companies' contracts (None: of all), the newest first; one statement."""
    key = {"brand": brand_id, "companies": None if companies is None else sorted(companies)}
    found: dict[UUID, list[Contract]] = {}
    with in_brand(brand_id):
        for contract in map(_contract, rows(CONTRACTS, key)):
            found.setdefault(contract.company_id, []).append(contract)
    return found


def _contract(row: tuple[Any, ...]) -> Contract:
    id_, company, valid_from, terms, asked_by, by, at = row
    return Contract(id_, company, valid_from, rules.read_terms(terms), asked_by, by, at)


def today(brand_id: UUID) -> date:
    """The brand's business day."""
    return rulebook(brand_id).business_date(clock.now())


def partners(brand_id: UUID) -> list[Partner]:
    """Every company by name, with the contract that is in force and the one to come; four statements."""
    held, day = contracts(brand_id), today(brand_id)
    return [
        Partner(
            company.id,
            company.name,
            company.stores,
            rules.in_force(held.get(company.id, ()), day),
            next((c for c in reversed(held.get(company.id, ())) if c.valid_from > day), None),
        )
        for company in tree(brand_id).companies
    ]


def partner(brand_id: UUID, company_id: UUID) -> Partner:
    """Raises NotFound for a company there is not."""
    for found in partners(brand_id):
        if found.company_id == company_id:
            return found
    raise NotFound(f"no company {company_id}")
