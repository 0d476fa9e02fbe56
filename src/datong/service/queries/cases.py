"""Cases: the queue of work from all stores and channels, and one with all its steps."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.pages import read_cursor, write_cursor
from datong.service.types import Case, CaseFilter, CasePage, CaseState, CaseStepKind, CaseView, Phase, Step, Summary

MAX_PAGE = 200
COLUMNS = """c.id, c.number, c.reason, c.phase, c.subject, c.state, c.channel_id, c.customer_id, c.store_id,
       c.company_id, c.team, c.agent, c.opened_at, c.opened_by, c.due_at, c.answered_at, c.closed_at, c.outcome,
       c.given_minor, c.currency"""

# A closed set of clauses, each a constant; the values are parameters.
CLAUSES = {
    "live": "c.state <> 'done'",
    "state": "c.state = %(state)s",
    "team": "c.team = %(team)s",
    "agent": "c.agent = CASE WHEN %(agent)s = '-' THEN '' ELSE %(agent)s END",
    "reason": "c.reason = %(reason)s",
    "channel_id": "c.channel_id = %(channel_id)s",
    "customers": "c.customer_id = ANY(%(customers)s::uuid[])",
    "order_id": """EXISTS (SELECT 1 FROM service_about a WHERE a.brand_id = c.brand_id AND a.case_id = c.id
                      AND a.order_id = %(order_id)s)""",
    "stores": "c.store_id = ANY(%(stores)s::uuid[])",
    "overdue": "c.state <> 'done' AND c.due_at < %(now)s",
    "partners": "c.company_id IS NOT NULL",
    "text": "c.number >= %(text)s AND c.number < %(high)s",
}
LAST = "\U0010ffff"


def list_cases(brand_id: UUID, wanted: CaseFilter, *, cursor: str = "", limit: int = 50) -> CasePage:
    """A page of cases: live ones with what is due first on top, else the newest first."""
    limit = max(1, min(limit, MAX_PAGE))
    sql = [text for name, text in CLAUSES.items() if getattr(wanted, name) not in (None, "", False)]
    after = read_cursor(cursor)
    if after is not None and wanted.live:
        sql.append(
            "(c.due_at, c.id) > (SELECT x.due_at, x.id FROM service_case x"
            " WHERE x.brand_id = %(brand)s AND x.id = %(after)s)"
        )
    elif after is not None:
        sql.append("c.id < %(after)s")
    text = wanted.text.strip().upper()
    values = {name: _plain(getattr(wanted, name)) for name in CLAUSES}
    given = {**values, "text": text, "high": text + LAST, "now": clock.now(), "after": after}
    order = "c.due_at, c.id" if wanted.live else "c.id DESC"
    query = f"""SELECT {COLUMNS} FROM service_case c WHERE {" AND ".join(["c.brand_id = %(brand)s", *sql])}
                ORDER BY {order} LIMIT %(limit)s"""  # noqa: S608 - the clauses are the constants above
    with in_brand(brand_id):
        found = [case_of(row) for row in rows(query, {**given, "brand": brand_id, "limit": limit + 1})]
    return CasePage(tuple(found[:limit]), write_cursor(found[limit - 1].id) if len(found) > limit else "")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def case_of(row: Any) -> Case:
    id_, number, reason, phase, subject, state, *rest = row
    return Case(id_, number, reason, Phase(phase), subject, CaseState(state), *rest)


ONE = f"SELECT {COLUMNS} FROM service_case c WHERE c.brand_id = %(brand)s AND c.id = %(case)s"  # noqa: S608
ABOUT = "SELECT order_id FROM service_about WHERE brand_id = %(brand)s AND case_id = %(case)s ORDER BY order_id"
STEPS = """
    SELECT id, kind, who, text, shown, state, amount_minor, at FROM service_step
     WHERE brand_id = %(brand)s AND case_id = %(case)s ORDER BY id LIMIT 500
"""


def get_case(brand_id: UUID, case_id: UUID) -> CaseView:
    """A case with its orders and its steps, the oldest first; NotFound when there is none."""
    key = {"brand": brand_id, "case": case_id}
    with in_brand(brand_id):
        found = rows(ONE, key)
        if not found:
            raise NotFound(f"no case {case_id}")
        about = tuple(order for (order,) in rows(ABOUT, key))
        steps = tuple(Step(row[0], CaseStepKind(row[1]), *row[2:]) for row in rows(STEPS, key))
    return CaseView(case_of(found[0]), about, steps)


SUMMARY = """
    SELECT count(*) FILTER (WHERE state = 'open')::int, count(*) FILTER (WHERE state = 'waiting')::int,
           count(*) FILTER (WHERE due_at < %(now)s)::int, count(*) FILTER (WHERE agent = '')::int
      FROM service_case
     WHERE brand_id = %(brand)s AND state <> 'done'
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
"""


def summary(brand_id: UUID, *, stores: Collection[UUID] | None = None) -> Summary:
    """How much there is to do: of these stores, of all without."""
    key = {"brand": brand_id, "now": clock.now(), "stores": None if stores is None else sorted(stores)}
    with in_brand(brand_id):
        return Summary(*rows(SUMMARY, key)[0])
