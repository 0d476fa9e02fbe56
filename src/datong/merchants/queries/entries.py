"""Reads of what companies owe each other: statements, states of orders, what stands open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.merchants.types import (
    Dispute,
    DisputeState,
    Entry,
    EntryKind,
    KindSum,
    Line,
    LineState,
    SettlementState,
    Statement,
)

MAX_PAGE = 500
FIRST = UUID(int=0)
COLUMNS = """e.id, e.source_id, e.seq, e.kind, e.company_id, e.counter_id, e.owes, e.amount_minor, e.currency, e.points,
           e.basis_minor, e.subject_id, e.store_id, e.contract_id, e.day, e.at, e.words, e.run_id"""
MINE = """(e.company_id = %(company)s OR e.counter_id = %(company)s)"""
# What the company of the statement gets by an entry; between two companies the other one sees it turned.
NET = """(CASE WHEN e.owes = (e.company_id = %(company)s) THEN -e.amount_minor ELSE e.amount_minor END)"""
LINES = f"""
    SELECT {COLUMNS}, r.state, d.id, d.state, d.reason, d.by, d.at, d.answer, d.answered_by, d.answered_at
      FROM merchants_entry e
      LEFT JOIN merchants_run r ON r.brand_id = e.brand_id AND r.id = e.run_id
      LEFT JOIN merchants_dispute d ON d.brand_id = e.brand_id AND d.entry_id = e.id
     WHERE e.brand_id = %(brand)s AND (%(company)s::uuid IS NULL OR {MINE})
       AND (%(currency)s = '' OR e.currency = %(currency)s)
       AND (%(since)s::date IS NULL OR e.day >= %(since)s) AND (%(until)s::date IS NULL OR e.day <= %(until)s)
       AND (%(run)s::uuid IS NULL OR e.run_id = %(run)s) AND (%(kind)s = '' OR e.kind = %(kind)s)
       AND (%(subjects)s::uuid[] IS NULL OR e.subject_id = ANY(%(subjects)s::uuid[]))
       AND (NOT %(contested)s OR d.state = 'open')
       AND e.id > %(after)s
     ORDER BY e.id LIMIT %(limit)s
"""  # noqa: S608  constants only
SUMS = f"""
    SELECT e.kind, count(*), sum(e.points)::bigint, sum({NET})::bigint
      FROM merchants_entry e
     WHERE e.brand_id = %(brand)s AND {MINE} AND e.currency = %(currency)s AND e.day >= %(since)s AND e.day <= %(until)s
     GROUP BY 1 ORDER BY 1
"""  # noqa: S608
STANDING = f"""
    SELECT coalesce(sum({NET}) FILTER (WHERE e.day < %(since)s AND NOT s.before), 0)::bigint,
           coalesce(sum({NET}) FILTER (WHERE s.within), 0)::bigint
      FROM merchants_entry e
      LEFT JOIN merchants_run r ON r.brand_id = e.brand_id AND r.id = e.run_id AND r.state IN ('posted', 'paid')
     CROSS JOIN LATERAL (SELECT coalesce(r.day < %(since)s, false) AS before,
                                coalesce(r.day >= %(since)s AND r.day <= %(until)s, false) AS within) s
     WHERE e.brand_id = %(brand)s AND {MINE} AND e.currency = %(currency)s
       AND (e.day <= %(until)s OR s.within)
"""  # noqa: S608


def statement(
    brand_id: UUID, company_id: UUID, currency: str, since: date, until: date, *, after: UUID = FIRST, limit: int = 100
) -> Statement:
    """A company's statement of business days `since` to `until` with a page of its lines; three statements."""
    key = {"brand": brand_id, "company": company_id, "currency": currency, "since": since, "until": until}
    with in_brand(brand_id):
        sums = tuple(KindSum(EntryKind(kind), *figures) for kind, *figures in rows(SUMS, key))
        ((opening, settled),) = rows(STANDING, key)
        found = lines(brand_id, company_id=company_id, currency=currency, since=since, until=until, after=after,
                      limit=limit)  # fmt: skip
    closing = opening + sum(each.net_minor for each in sums) - settled
    more = found[-1].entry.id if len(found) == min(limit, MAX_PAGE) else None
    return Statement(company_id, currency, since, until, opening, sums, settled, closing, found, more)


def lines(
    brand_id: UUID,
    *,
    company_id: UUID | None = None,
    currency: str = "",
    since: date | None = None,
    until: date | None = None,
    run_id: UUID | None = None,
    kind: str = "",
    subjects: Collection[UUID] | None = None,
    contested: bool = False,
    after: UUID = FIRST,
    limit: int = 100,
) -> list[Line]:
    """Entries with where they stand, in the order they were entered, from the one after `after` on; one statement."""
    key = {
        "brand": brand_id,
        "company": company_id,
        "currency": currency,
        "since": since,
        "until": until,
        "run": run_id,
        "kind": kind,
        "subjects": None if subjects is None else sorted(set(subjects)),
        "contested": contested,
        "after": after,
        "limit": max(1, min(limit, MAX_PAGE)),
    }
    with in_brand(brand_id):
        return [_line(row) for row in rows(LINES, key)]


def entry_of(row: tuple[Any, ...]) -> Entry:
    """A row of COLUMNS."""
    id_, source, seq, kind, *rest = row
    return Entry(id_, source, seq, EntryKind(kind), *rest)


def _line(row: tuple[Any, ...]) -> Line:
    entry = entry_of(row[:18])
    run, dispute_id, state, *said = row[18:]
    dispute = None
    if dispute_id:
        reason, by, at, answer, answered_by, answered_at = said
        dispute = Dispute(dispute_id, entry.id, entry.company_id, DisputeState(state), reason, by, at, answer,
                          answered_by, answered_at)  # fmt: skip
    return Line(entry, _state(run, dispute), dispute)


def _state(run: str | None, dispute: Dispute | None) -> LineState:
    if dispute and dispute.state is DisputeState.OPEN:
        return LineState.CONTESTED
    return {
        SettlementState.DRAFT.value: LineState.PROPOSED,
        SettlementState.PROPOSED.value: LineState.PROPOSED,
        SettlementState.POSTED.value: LineState.SETTLED,
        SettlementState.PAID.value: LineState.PAID,
    }.get(run or "", LineState.OPEN)


def order_states(brand_id: UUID, orders: Collection[UUID]) -> dict[UUID, list[Line]]:
    """Where these orders stand in settling, line by line; those that companies do not settle are left out (S-208)."""
    found: dict[UUID, list[Line]] = {}
    for line in lines(brand_id, subjects=orders, limit=MAX_PAGE) if orders else ():
        found.setdefault(line.entry.subject_id, []).append(line)
    return found


OPEN = """
    SELECT e.company_id, e.counter_id, e.currency, count(*), min(e.day),
           coalesce(sum(e.amount_minor) FILTER (WHERE e.owes), 0)::bigint,
           coalesce(sum(e.amount_minor) FILTER (WHERE NOT e.owes), 0)::bigint
      FROM merchants_entry e
      LEFT JOIN merchants_run r ON r.brand_id = e.brand_id AND r.id = e.run_id
     WHERE e.brand_id = %(brand)s AND (e.run_id IS NULL OR r.state IN ('draft', 'proposed'))
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def open_sums(brand_id: UUID) -> list[tuple[UUID, UUID | None, str, int, date, int, int]]:
    """What stands open: company, counterpart (None: the brand), currency, entries, oldest day, owes, gets; one
    statement."""
    with in_brand(brand_id):
        return [tuple(row) for row in rows(OPEN, {"brand": brand_id})]
