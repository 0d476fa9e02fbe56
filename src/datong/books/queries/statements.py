"""Statements of providers and what came of each order on them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from datong.books.types import Entry, Fix, Statement, Verdict
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound

STATEMENTS = """
    SELECT s.id, s.account, s.since, s.until, s.file, s.shape, s.currency, s.theirs_minor, s.ours_minor, s.fee_minor,
           s.fee_posted, s.by, s.at,
           (SELECT jsonb_object_agg(v.verdict, v.n) FROM (
                SELECT verdict, count(*) AS n FROM books_statemententry e
                 WHERE e.brand_id = s.brand_id AND e.statement_id = s.id GROUP BY 1) v),
           (SELECT count(*) FROM books_statemententry e WHERE e.brand_id = s.brand_id AND e.statement_id = s.id
               AND e.verdict <> 'matched' AND e.settled_by = '')
      FROM books_statement s
     WHERE s.brand_id = %(brand)s AND (%(id)s::uuid IS NULL OR s.id = %(id)s)
       AND (%(before)s::uuid IS NULL OR s.id < %(before)s)
     ORDER BY s.id DESC LIMIT %(limit)s
"""


def statements(
    brand_id: UUID, *, statement_id: UUID | None = None, before: UUID | None = None, limit: int = 50
) -> list[Statement]:
    """Statements, the newest first; one statement."""
    key = {"brand": brand_id, "id": statement_id, "before": before, "limit": limit}
    with in_brand(brand_id):
        return [_statement(row) for row in rows(STATEMENTS, key)]


def statement(brand_id: UUID, statement_id: UUID) -> Statement:
    found = statements(brand_id, statement_id=statement_id)
    if not found:
        raise NotFound(f"no statement {statement_id}")
    return found[0]


def _statement(row: tuple[Any, ...]) -> Statement:
    counts = msgspec.json.decode(row[13]) if isinstance(row[13], str) else (row[13] or {})
    (id, account, since, until, file, shape, currency, theirs, ours, fee, posted, by, at, _counts, open) = row
    return Statement(id, account, since, until, file, shape, currency, theirs, ours, fee, counts, open, posted, by, at)


ENTRIES = """
    SELECT id, verdict, fix, ref, theirs_minor, ours_minor, fee_minor, order_id, settled_by, reason
      FROM books_statemententry
     WHERE brand_id = %(brand)s AND statement_id = %(statement)s
       AND (%(verdict)s = '' OR verdict = %(verdict)s) AND (%(after)s::uuid IS NULL OR id > %(after)s)
     ORDER BY id LIMIT %(limit)s
"""


def statement_entries(
    brand_id: UUID, statement_id: UUID, *, verdict: str = "", after: UUID | None = None, limit: int = 50
) -> list[Entry]:
    """The orders on a statement, narrowed to a verdict; one statement."""
    key = {"brand": brand_id, "statement": statement_id, "verdict": verdict, "after": after, "limit": min(limit, 5000)}
    with in_brand(brand_id):
        return [Entry(row[0], Verdict(row[1]), Fix(row[2]), *row[3:]) for row in rows(ENTRIES, key)]
