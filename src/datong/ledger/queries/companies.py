"""Companies' books day by day: what an account moved in the books of each, and what the brand holds for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.ledger import rules
from datong.ledger.queries.reports import liked

SIDES = """
    WITH accounts AS MATERIALIZED (
        SELECT a.id, a.code, a.currency, substring(a.code FROM %(named)s) AS named,
               a.code LIKE ANY(%(kept)s::text[]) AS kept, a.code LIKE ANY(%(codes)s::text[]) AS wanted
          FROM ledger_account a WHERE a.brand_id = %(brand)s
    ), sides AS (
        SELECT replace(t.dimensions->>'company', '-', '') AS here, t.business_date AS day, d.currency, t.amount_minor,
               d.kept AS debit_kept, c.kept AS credit_kept, d.wanted AS debit, c.wanted AS credit,
               coalesce(d.named, c.named) AS named, d.named AS debit_named, c.named AS credit_named
          FROM ledger_transfer t
          JOIN accounts d ON d.id = t.debit_id
          JOIN accounts c ON c.id = t.credit_id
         WHERE t.brand_id = %(brand)s AND t.business_date BETWEEN %(since)s AND %(until)s
           AND (d.wanted OR c.wanted) AND (t.dimensions ? 'company' OR coalesce(d.named, c.named) IS NOT NULL)
    )
"""
HELD = f"""
    {SIDES}
    SELECT here::uuid, day, currency,
           sum(CASE WHEN debit AND debit_kept THEN amount_minor ELSE -amount_minor END)::bigint
      FROM sides
     WHERE here IS NOT NULL AND named IS NULL
       AND (debit AND debit_kept AND NOT credit_kept OR credit AND credit_kept AND NOT debit_kept)
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 (constants)
MOVED = f"""
    {SIDES}, legs AS (
        SELECT coalesce(debit_named, named, CASE WHEN NOT debit_kept THEN here END) AS company, day, currency,
               amount_minor FROM sides WHERE debit
        UNION ALL
        SELECT coalesce(credit_named, named, CASE WHEN NOT credit_kept THEN here END), day, currency,
               -amount_minor FROM sides WHERE credit
    )
    SELECT company::uuid, day, currency, sum(amount_minor)::bigint
      FROM legs WHERE company <> 'own' GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 (constants)
CompanyDay = tuple[UUID, date, str, int]
"""Company, business day, currency, minor units."""


def held_for_companies(brand_id: UUID, since: date, until: date, codes: Sequence[str]) -> list[CompanyDay]:
    """What came to the brand's accounts of these codes for each company's stores, less what left; one statement."""
    return _read(HELD, brand_id, since, until, codes)


def moved_in_companies(brand_id: UUID, since: date, until: date, codes: Sequence[str]) -> list[CompanyDay]:
    """Debits less credits of accounts that begin with these codes in the books of each company; one statement."""
    return _read(MOVED, brand_id, since, until, codes)


def _read(statement: str, brand_id: UUID, since: date, until: date, codes: Sequence[str]) -> list[CompanyDay]:
    given = {"brand": brand_id, "since": since, "until": until, "codes": [liked(code) for code in codes]}
    with in_brand(brand_id):
        return rows(statement, {**given, "named": rules.NAMED, "kept": [liked(code, "") for code in rules.KEPT]})
