"""Reports by period and dimension: one statement each, added up from the transfers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue
from datong.ledger.queries.balances import START, _posted
from datong.ledger.types import (
    DIMENSIONS,
    FIRST,
    ORDER,
    Account,
    Asked,
    Posted,
    Report,
    ReportKey,
    ReportPage,
    ReportRow,
)

MOST_VALUES = 2_000
"""Rows of a report: by order there may be millions, and nobody reads them."""
MOST_ENTRIES = 1_000

MATCH = """
       t.brand_id = %(brand)s
       AND (%(until)s::date IS NULL OR t.business_date <= %(until)s)
       AND (%(stores)s::text[] IS NULL OR t.dimensions->>'store' = ANY(%(stores)s::text[]))
       AND (%(subject)s::uuid IS NULL OR t.subject_id = %(subject)s)
       AND (%(has)s::jsonb IS NULL OR t.dimensions @> %(has)s::jsonb)
       AND (%(lacks)s::text[] IS NULL OR NOT t.dimensions ?| %(lacks)s::text[])
"""
SUMS = """
    WITH sums AS (
        SELECT CASE WHEN starts_with(a.code, 'liability:purse:')
                    THEN 'liability:purse:*:' || split_part(a.code, ':', 4) ELSE a.code END AS code,
               a.currency, s.value, sum(s.opening)::bigint AS opening, sum(s.debits)::bigint AS debits,
               sum(s.credits)::bigint AS credits
          FROM (
            SELECT side.account_id,
                   CASE WHEN %(dimension)s = '' THEN '' WHEN %(dimension)s = 'order' THEN t.subject_id::text
                        ELSE coalesce(t.dimensions->>%(dimension)s, '') END AS value,
                   coalesce(sum(side.debit - side.credit) FILTER (WHERE t.business_date < %(since)s), 0) AS opening,
                   coalesce(sum(side.debit) FILTER (WHERE t.business_date >= %(since)s), 0) AS debits,
                   coalesce(sum(side.credit) FILTER (WHERE t.business_date >= %(since)s), 0) AS credits
              FROM ledger_transfer t
             CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                        side(account_id, debit, credit)
             WHERE {MATCH} GROUP BY 1, 2) s
          JOIN ledger_account a ON a.brand_id = %(brand)s AND a.id = s.account_id
         WHERE (%(codes)s::text[] IS NULL OR a.code LIKE ANY(%(codes)s::text[]))
         GROUP BY 1, 2, 3
    )
""".replace("{MATCH}", MATCH)
BIGGEST = f"""
    {SUMS} SELECT code, currency, value, opening, debits, credits FROM sums
     ORDER BY greatest(debits, credits, abs(opening)) DESC, code, value LIMIT %(limit)s
"""  # noqa: S608 (constants)
PAGE = f"""
    {SUMS}, totals AS (
        SELECT jsonb_agg(jsonb_build_array(currency, opening, debits, credits) ORDER BY currency) AS all FROM (
            SELECT currency, sum(opening)::bigint AS opening, sum(debits)::bigint AS debits,
                   sum(credits)::bigint AS credits FROM sums GROUP BY currency) c
    )
    SELECT code, currency, value, opening, debits, credits, totals.all FROM sums CROSS JOIN totals
     WHERE (code, currency, value) > (%(code)s, %(currency)s, %(value)s)
     ORDER BY code, currency, value LIMIT %(limit)s
"""  # noqa: S608 (constants)


def report(brand_id: UUID, asked: Asked, *, by: str = "") -> Report:
    """Opening, debits and credits of each account, split by one dimension ('' for none); one statement.

    Rows by code, currency and value; the same part of all purses is one account, `liability:purse:*:<part>`. Raises
    BadValue for a dimension there is none of.
    """
    found = _read(BIGGEST, brand_id, asked, by, {"limit": MOST_VALUES + 1})
    made = [ReportRow(Account(code, currency), *figures) for code, currency, *figures in found[:MOST_VALUES]]
    made.sort(key=lambda row: (row.account.code, row.account.currency, row.value))
    return Report(tuple(made), len(found) > MOST_VALUES)


def report_page(
    brand_id: UUID, asked: Asked, *, by: str = "", after: ReportKey = FIRST, limit: int = 200
) -> ReportPage:
    """The same rows a page at a time, those behind the key `after`, with the sums over all of them; one statement."""
    key = {"code": after[0], "currency": after[1], "value": after[2], "limit": min(limit, MOST_VALUES) + 1}
    found = _read(PAGE, brand_id, asked, by, key)
    page = found[: min(limit, MOST_VALUES)]
    made = tuple(ReportRow(Account(code, currency), *figures) for code, currency, *figures, _totals in page)
    sums = msgspec.json.decode(found[0][6]) if found and isinstance(found[0][6], str) else found[0][6] if found else []
    totals = tuple(ReportRow(Account("", currency), "", *figures) for currency, *figures in sums)
    return ReportPage(made, totals, made[-1].key if len(found) > len(page) else None)


def _read(statement: str, brand_id: UUID, asked: Asked, by: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    if by and by not in DIMENSIONS:
        raise BadValue("by", by, "one of " + ", ".join(DIMENSIONS))
    with in_brand(brand_id):
        return rows(statement, {**_params(brand_id, asked), "dimension": by, **given})


ENTRIES = """
    SELECT t.id, d.code, d.currency, c.code, c.currency, t.amount_minor, t.kind, t.subject_id, t.business_date,
           t.dimensions, t.posted_at
      FROM ledger_transfer t
      JOIN ledger_account d ON d.brand_id = t.brand_id AND d.id = t.debit_id
      JOIN ledger_account c ON c.brand_id = t.brand_id AND c.id = t.credit_id
     WHERE {MATCH} AND t.id > %(after)s AND (%(since)s::date IS NULL OR t.business_date >= %(since)s)
       AND (%(codes)s::text[] IS NULL OR d.code LIKE ANY(%(codes)s::text[]) OR c.code LIKE ANY(%(codes)s::text[]))
     ORDER BY t.id LIMIT %(limit)s
""".replace("{MATCH}", MATCH)


def entries(brand_id: UUID, asked: Asked, *, after: UUID = START, limit: int = 100) -> list[Posted]:
    """The transfers behind a figure of a report, in order of posting, from the one after `after` on; one statement."""
    with in_brand(brand_id):
        given = {**_params(brand_id, asked), "since": asked.since, "after": after, "limit": min(limit, MOST_ENTRIES)}
        return [_posted(row) for row in rows(ENTRIES, given)]


def _params(brand_id: UUID, asked: Asked) -> dict[str, Any]:
    subject = asked.where.get(ORDER)
    has = {name: value for name, value in asked.where.items() if value and name != ORDER}
    lacks = [name for name, value in asked.where.items() if not value and name != ORDER]
    try:
        subject_id = UUID(subject) if subject else None
    except ValueError:
        raise BadValue(ORDER, subject, "an order's id") from None
    return {
        "brand": brand_id,
        "since": asked.since or "0001-01-01",
        "until": asked.until,
        "stores": None if asked.stores is None else [str(store) for store in asked.stores],
        "subject": subject_id,
        "has": msgspec.json.encode(has).decode() if has else None,
        "lacks": lacks or None,
        "codes": [_like(code) for code in asked.codes] or None,
    }


def _like(code: str) -> str:
    return code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%") + "%"
