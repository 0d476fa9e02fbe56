"""Reports by period and dimension, added up from the transfers; of whole accounts from their totals by day."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue
from datong.ledger import rules
from datong.ledger.queries.balances import START, _posted
from datong.ledger.queries.tail import MARK, with_tail
from datong.ledger.types import (
    BY_COMPANY,
    DIMENSIONS,
    FIRST,
    ORDER,
    OWN,
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
FOLDED = """
    CASE WHEN starts_with(a.code, 'liability:purse:')
         THEN 'liability:purse:*:' || split_part(a.code, ':', 4) ELSE a.code END
"""
VALUE = """
    CASE %(dimension)s WHEN '' THEN '' WHEN 'order' THEN t.subject_id::text
         ELSE coalesce(t.dimensions->>%(dimension)s, '') END
"""
BEFORE = "coalesce(sum({0}) FILTER (WHERE t.business_date < %(since)s), 0)"
WITHIN = "coalesce(sum({0}) FILTER (WHERE t.business_date >= %(since)s), 0)"
SUMS = f"""
    WITH sums AS (
        SELECT {FOLDED} AS code, a.currency, s.value, sum(s.opening)::bigint AS opening,
               sum(s.debits)::bigint AS debits, sum(s.credits)::bigint AS credits
          FROM (
            SELECT side.account_id, {VALUE} AS value, {BEFORE.format("side.debit - side.credit")} AS opening,
                   {WITHIN.format("side.debit")} AS debits, {WITHIN.format("side.credit")} AS credits
              FROM ledger_transfer t
             CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                        side(account_id, debit, credit)
             WHERE {MATCH} GROUP BY 1, 2) s
          JOIN ledger_account a ON a.brand_id = %(brand)s AND a.id = s.account_id
         WHERE (%(codes)s::text[] IS NULL OR a.code LIKE ANY(%(codes)s::text[]))
         GROUP BY 1, 2, 3
    )
"""  # noqa: S608 (constants)
TOTALS = f"""
    WITH parts AS (
        SELECT d.account_id, d.business_date, d.debits_minor AS debit, d.credits_minor AS credit
          FROM ledger_daytotal d
         WHERE d.brand_id = %(brand)s AND (%(until)s::date IS NULL OR d.business_date <= %(until)s)
        UNION ALL
        SELECT side.account_id, t.business_date, side.debit, side.credit
          FROM ledger_transfer t
         CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                    side(account_id, debit, credit)
         WHERE t.brand_id = %(brand)s AND t.xid >= %(mark)s::text::xid8
           AND (%(until)s::date IS NULL OR t.business_date <= %(until)s)
    ), whole AS MATERIALIZED (
        SELECT t.account_id, {BEFORE.format("t.debit - t.credit")} AS opening,
               {WITHIN.format("t.debit")} AS debits, {WITHIN.format("t.credit")} AS credits
          FROM parts t GROUP BY 1
    ), sums AS (
        SELECT {FOLDED} AS code, a.currency, '' AS value, sum(w.opening)::bigint AS opening,
               sum(w.debits)::bigint AS debits, sum(w.credits)::bigint AS credits
          FROM whole w JOIN ledger_account a ON a.brand_id = %(brand)s AND a.id = w.account_id
         WHERE (%(codes)s::text[] IS NULL OR a.code LIKE ANY(%(codes)s::text[]))
         GROUP BY 1, 2
    )
"""  # noqa: S608 (constants)
BY_COMPANIES = f"""
    WITH accounts AS MATERIALIZED (
        SELECT a.id, {FOLDED} AS code, a.currency, substring(a.code FROM %(named)s) AS named,
               a.code LIKE ANY(%(kept)s::text[]) AS kept
          FROM ledger_account a WHERE a.brand_id = %(brand)s
    ), together AS (
        SELECT t.debit_id, t.credit_id, coalesce(replace(t.dimensions->>'company', '-', ''), 'own') AS here,
               {VALUE} AS value, {BEFORE.format("t.amount_minor")} AS before,
               {WITHIN.format("t.amount_minor")} AS within
          FROM ledger_transfer t WHERE {MATCH} GROUP BY 1, 2, 3, 4
    ), whose AS (
        SELECT d.code AS debit, c.code AS credit, d.currency, g.value, g.before, g.within,
               coalesce(d.named, c.named, CASE WHEN d.kept THEN 'own' ELSE g.here END) AS debtor,
               coalesce(c.named, d.named, CASE WHEN c.kept THEN 'own' ELSE g.here END) AS creditor
          FROM together g
          JOIN accounts d ON d.id = g.debit_id
          JOIN accounts c ON c.id = g.credit_id
    ), legs AS (
        SELECT debtor AS company, debit AS code, currency, value, before AS opening, within AS debits, 0 AS credits
          FROM whose
        UNION ALL SELECT creditor, credit, currency, value, -before, 0, within FROM whose
        UNION ALL SELECT debtor, %(between)s, currency, value, -before, 0, within FROM whose WHERE debtor <> creditor
        UNION ALL SELECT creditor, %(between)s, currency, value, before, within, 0 FROM whose WHERE debtor <> creditor
    ), sums AS (
        SELECT l.code::text AS code, l.currency,
               CASE WHEN %(dimension)s <> 'company' THEN l.value
                    WHEN l.company = 'own' THEN '' ELSE l.company::uuid::text END AS value,
               sum(l.opening)::bigint AS opening, sum(l.debits)::bigint AS debits, sum(l.credits)::bigint AS credits
          FROM legs l
         WHERE (%(company)s::text IS NULL OR l.company = %(company)s)
           AND (%(codes)s::text[] IS NULL OR l.code LIKE ANY(%(codes)s::text[]))
         GROUP BY 1, 2, 3
    )
"""  # noqa: S608 (constants)
BIGGEST = """
    SELECT code, currency, value, opening, debits, credits FROM sums
     ORDER BY greatest(debits, credits, abs(opening)) DESC, code, value LIMIT %(limit)s
"""
PAGE = """
    , totals AS (
        SELECT jsonb_agg(jsonb_build_array(currency, opening, debits, credits) ORDER BY currency) AS all FROM (
            SELECT currency, sum(opening)::bigint AS opening, sum(debits)::bigint AS debits,
                   sum(credits)::bigint AS credits FROM sums GROUP BY currency) c
    )
    SELECT code, currency, value, opening, debits, credits, totals.all FROM sums CROSS JOIN totals
     WHERE (code, currency, value) > (%(code)s, %(currency)s, %(value)s)
     ORDER BY code, currency, value LIMIT %(limit)s
"""
MARKED = {tail: TOTALS + tail.replace("SELECT code,", f"SELECT ({MARK}), code,") for tail in (BIGGEST, PAGE)}
"""What is told of whole accounts: their totals by day and the few transfers behind the mark, not every transfer."""
STATEMENTS = {
    (companies, tail): head + tail for companies, head in ((False, SUMS), (True, BY_COMPANIES))
    for tail in (BIGGEST, PAGE)
}  # fmt: skip


def report(brand_id: UUID, asked: Asked, *, by: str = "") -> Report:
    """Opening, debits and credits of each account, split by one dimension ('' for none); one statement, two for none.

    Measured over 1,000,000 transfers of a year: see docs/adr/0049.

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


def _read(tail: str, brand_id: UUID, asked: Asked, by: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    if by and by not in DIMENSIONS:
        raise BadValue("by", by, "one of " + ", ".join(DIMENSIONS))
    params = _params(brand_id, asked)
    companies = by == BY_COMPANY or params["company"] is not None
    if not by and asked.stores is None and not asked.where:
        return with_tail(brand_id, lambda mark: rows(MARKED[tail], {**params, **given, "mark": mark}))
    with in_brand(brand_id):
        return rows(STATEMENTS[companies, tail], {**params, "dimension": by, **given})


WHOSE = """
    coalesce(substring(d.code FROM %(named)s), substring(c.code FROM %(named)s),
             CASE WHEN d.code LIKE ANY(%(kept)s::text[]) THEN 'own'
                  ELSE coalesce(replace(t.dimensions->>'company', '-', ''), 'own') END),
    coalesce(substring(c.code FROM %(named)s), substring(d.code FROM %(named)s),
             CASE WHEN c.code LIKE ANY(%(kept)s::text[]) THEN 'own'
                  ELSE coalesce(replace(t.dimensions->>'company', '-', ''), 'own') END)
"""
ENTRIES = """
    SELECT t.id, d.code, d.currency, c.code, c.currency, t.amount_minor, t.kind, t.subject_id, t.business_date,
           t.dimensions, t.posted_at
      FROM ledger_transfer t
      JOIN ledger_account d ON d.brand_id = t.brand_id AND d.id = t.debit_id
      JOIN ledger_account c ON c.brand_id = t.brand_id AND c.id = t.credit_id
     WHERE {MATCH} AND t.id > %(after)s AND (%(since)s::date IS NULL OR t.business_date >= %(since)s)
       AND (%(codes)s::text[] IS NULL OR d.code LIKE ANY(%(codes)s::text[]) OR c.code LIKE ANY(%(codes)s::text[]))
       AND (%(company)s::text IS NULL OR %(company)s IN ({WHOSE}))
     ORDER BY t.id LIMIT %(limit)s
""".replace("{MATCH}", MATCH).replace("{WHOSE}", WHOSE)


def entries(brand_id: UUID, asked: Asked, *, after: UUID = START, limit: int = 100) -> list[Posted]:
    """The transfers behind a figure of a report, in order of posting, from the one after `after` on; one statement."""
    with in_brand(brand_id):
        given = {**_params(brand_id, asked), "since": asked.since, "after": after, "limit": min(limit, MOST_ENTRIES)}
        return [_posted(row) for row in rows(ENTRIES, given)]


def _params(brand_id: UUID, asked: Asked) -> dict[str, Any]:
    apart = {ORDER, BY_COMPANY}
    has = {name: value for name, value in asked.where.items() if value and name not in apart}
    lacks = [name for name, value in asked.where.items() if not value and name not in apart]
    subject, company = (_id(name, asked.where.get(name)) for name in (ORDER, BY_COMPANY))
    own = OWN if asked.where.get(BY_COMPANY) == "" else None
    return {
        "brand": brand_id,
        "since": asked.since or "0001-01-01",
        "until": asked.until,
        "stores": None if asked.stores is None else [str(store) for store in asked.stores],
        "subject": subject,
        "company": company.hex if company else own,
        "named": rules.NAMED,
        "kept": [liked(code, "") for code in rules.KEPT],
        "between": rules.BETWEEN,
        "has": msgspec.json.encode(has).decode() if has else None,
        "lacks": lacks or None,
        "codes": [liked(code) for code in asked.codes] or None,
    }


def _id(name: str, value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        raise BadValue(name, value, f"the id of this {name}") from None


def liked(code: str, end: str = "%") -> str:
    """The pattern for LIKE of codes that begin so, a * for any characters."""
    return code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("*", "%") + end
