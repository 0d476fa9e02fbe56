"""Taxes as they stand: jurisdictions, rates, and who is free of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import json

from datong.catalog import rules
from datong.catalog.queries.quoting import book_as_quoted, fresh_book
from datong.catalog.queries.taxmap import jurisdiction_of_row
from datong.catalog.types import Certificate, Jurisdiction, TaxRate
from datong.kernel.db import in_brand, rows
from datong.kernel.pages import read_cursor, write_cursor

CERTIFICATES = """
    SELECT id, customer_id, number, reason, valid_from, valid_to, jurisdictions, kept_by, ended_at
      FROM catalog_taxcertificate
     WHERE brand_id = %(brand)s AND (%(customers)s::uuid[] IS NULL OR customer_id = ANY(%(customers)s::uuid[]))
       AND (%(cursor)s::uuid IS NULL OR id < %(cursor)s::uuid) AND (NOT %(live)s OR ended_at IS NULL)
     ORDER BY id DESC LIMIT %(limit)s
"""


def certificates_of(brand_id: UUID, customers: Collection[UUID]) -> dict[UUID, list[Certificate]]:
    """The certificates that were not ended, by the record of the customer they are of; one statement."""
    found: dict[UUID, list[Certificate]] = {}
    if customers:
        with in_brand(brand_id):
            wanted = {"customers": sorted(customers), "cursor": None, "live": True, "limit": 10_000}
            for row in rows(CERTIFICATES, {"brand": brand_id, **wanted}):
                found.setdefault(row[1], []).append(_certificate(row))
    return found


def list_certificates(brand_id: UUID, *, cursor: str = "", limit: int = 50) -> tuple[list[Certificate], str]:
    """All certificates, the latest first, and the cursor of the next page."""
    limit = max(1, min(limit, 200))
    with in_brand(brand_id):
        wanted = {"customers": None, "cursor": read_cursor(cursor), "live": False, "limit": limit + 1}
        found = [_certificate(row) for row in rows(CERTIFICATES, {"brand": brand_id, **wanted})]
    return found[:limit], write_cursor(found[limit - 1].id) if len(found) > limit else ""


def _certificate(row: tuple[Any, ...]) -> Certificate:
    certificate, customer, number, reason, begins, ends, codes, by, ended = row
    return Certificate(certificate, customer, number, reason, begins, ends, tuple(codes), by, ended)


def anybody_certified(brand_id: UUID) -> bool:
    """Whether a customer of the brand may be free of tax; from the rule book, without a statement."""
    return book_as_quoted(brand_id).certified


def exemptions(brand_id: UUID, people: Sequence[tuple[Sequence[UUID], date]]) -> list[frozenset[str]]:
    """What each person (all records of one) is free of on a day: codes of jurisdictions, '' all; one statement."""
    found = certificates_of(brand_id, {record for records, _ in people for record in records})
    return [rules.exempt_of((c for record in records for c in found.get(record, ())), day) for records, day in people]


JURISDICTIONS = """
    SELECT to_jsonb(j)::text FROM catalog_jurisdiction j WHERE brand_id = %(brand)s
     ORDER BY country, level = 'country' DESC, code LIMIT 5000
"""


def list_jurisdictions(brand_id: UUID) -> list[Jurisdiction]:
    """Every jurisdiction of the brand, by country and code; those without a rate too."""
    with in_brand(brand_id):
        return [jurisdiction_of_row(json.decode(text)) for (text,) in rows(JURISDICTIONS, {"brand": brand_id})]


RATES = """
    SELECT tax_class, rate_ppm, valid_from, jurisdiction FROM catalog_levy WHERE brand_id = %(brand)s
     ORDER BY jurisdiction, tax_class, valid_from DESC LIMIT 20000
"""


def list_tax_rates(brand_id: UUID) -> list[TaxRate]:
    """Every dated rate, by jurisdiction and class, the latest first."""
    with in_brand(brand_id):
        return [TaxRate(*row) for row in rows(RATES, {"brand": brand_id})]


def taxes_of(brand_id: UUID) -> rules.TaxMap:
    """The brand's taxes as they stand: one statement, two when they changed."""
    with in_brand(brand_id):
        return fresh_book(brand_id).taxes
