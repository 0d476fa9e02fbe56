"""Look at the days: match the products, gather the sales, find, write the findings down. Reads observations only."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from datong.kernel import clock, locks
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict
from datong.kernel.ids import uuid7
from datong.shadow.batches import chunks
from datong.shadow.detect import (
    Window,
    find_books,
    find_nearer,
    find_oversells,
    find_people,
    find_price_gaps,
    gather_items,
    gather_sales,
    match_skus,
)
from datong.shadow.models import Run as RunRow
from datong.shadow.queries import list_projects, project_of, report
from datong.shadow.types import Finding, Kind, Project, Report, Severity

MAX_DAYS = 62
RANK = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2}
KEEP_BODIES = timedelta(days=7)

SPAN = """
    SELECT min((o.placed_at AT TIME ZONE %(zone)s)::date), max((o.placed_at AT TIME ZONE %(zone)s)::date)
      FROM shadow_order o JOIN shadow_system s ON s.brand_id = o.brand_id AND s.id = o.system_id AND s.sells
     WHERE o.brand_id = %(brand)s AND o.project_id = %(project)s
"""
CLEAR = "DELETE FROM shadow_finding WHERE brand_id = %(brand)s AND project_id = %(project)s"
WRITE = """
    INSERT INTO shadow_finding (brand_id, id, project_id, run_id, mark, kind, severity, rank, day, at, amount_minor,
                                currency, store, item, title, systems, facts, evidence, rows)
    SELECT %(brand)s, n.id, %(project)s, %(run)s, n.mark, n.kind, n.severity, n.rank, n.day, n.at, n.amount, n.currency,
           n.store, n.item, n.title, n.systems, n.facts, n.evidence, n.rows
      FROM unnest(%(ids)s::uuid[], %(marks)s::text[], %(kinds)s::text[], %(severities)s::text[], %(ranks)s::smallint[],
                  %(days)s::date[], %(ats)s::timestamptz[], %(amounts)s::bigint[], %(currencies)s::text[],
                  %(stores)s::text[], %(items)s::text[], %(titles)s::text[], %(systems)s::jsonb[], %(facts)s::jsonb[],
                  %(evidence)s::jsonb[], %(counts)s::int[])
        AS n(id, mark, kind, severity, rank, day, at, amount, currency, store, item, title, systems, facts, evidence,
             rows)
    ON CONFLICT (brand_id, project_id, mark) DO NOTHING
"""


def run(brand_id: UUID, project_id: UUID, *, by: str, since: date | None = None, until: date | None = None) -> Report:
    """Look at the days from `since` to `until`, both included (default: all that were observed, at most MAX_DAYS).

    The findings of the run before are replaced; what people explained stays explained. One transaction; two runs of a
    project never overlap (Conflict). Nothing is written but the project's own rows.
    """
    began = time.perf_counter()
    with in_brand(brand_id):
        if not locks.try_take(f"shadow {project_id}"):
            raise Conflict("this project is being looked at already; wait for it to end")
        project = project_of(brand_id, project_id)
        days = _days(project, since, until)
        lonely = match_skus(project)
        gather_items(project)
        found: dict[str, Finding] = {}
        orders = nowhere = 0
        for day in days:
            window = Window(project, day)
            sold, unplaced = gather_sales(window)
            orders, nowhere = orders + sold, nowhere + unplaced
            for one in (*find_oversells(window), *find_books(window), *find_price_gaps(window), *find_nearer(window)):
                found.setdefault(one.mark, one)
        for one in find_people(Window(project, days[-1])) if days else ():
            found.setdefault(one.mark, one)
        run_id = uuid7()
        _write(project, run_id, list(found.values()))
        RunRow.objects.create(
            brand_id=brand_id,
            id=run_id,
            project_id=project_id,
            since=days[0] if days else clock.now().date(),
            until=days[-1] if days else clock.now().date(),
            at=clock.now(),
            by=by[:80],
            seconds=round(time.perf_counter() - began, 2),
            orders=orders,
            figures={kind.value: sum(f.kind is kind for f in found.values()) for kind in Kind},
            notes={"orders_without_a_place": nowhere, "items_of_one_system": lonely},
        )
    return report(brand_id, project_id)


def _days(project: Project, since: date | None, until: date | None) -> list[date]:
    params = {"brand": current_brand(), "project": project.id, "zone": str(ZoneInfo(project.timezone))}
    ((first, last),) = rows(SPAN, params)
    since, until = since or first, until or last
    if since is None or until is None:
        return []
    if until < since:
        raise BadValue("until", until.isoformat(), f"a day not before {since.isoformat()}")
    since = max(since, until - timedelta(days=MAX_DAYS - 1))
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]


def _write(project: Project, run_id: UUID, found: Sequence[Finding]) -> None:
    key = {"brand": current_brand(), "project": project.id}
    execute(CLEAR, key)
    for part in chunks(found):
        params = {
            "run": run_id,
            "ids": [uuid7() for _ in part],
            "marks": [f.mark for f in part],
            "kinds": [f.kind.value for f in part],
            "severities": [f.severity.value for f in part],
            "ranks": [RANK[f.severity] for f in part],
            "days": [f.day for f in part],
            "ats": [f.at for f in part],
            "amounts": [f.amount_minor for f in part],
            "currencies": [f.currency for f in part],
            "stores": [f.store for f in part],
            "items": [f.item for f in part],
            "titles": [f.title[:200] for f in part],
            "systems": [msgspec.json.encode(f.systems).decode() for f in part],
            "facts": [msgspec.json.encode(f.facts).decode() for f in part],
            "evidence": [msgspec.json.encode(f.evidence).decode() for f in part],
            "counts": [f.rows for f in part],
        }
        execute(WRITE, {**key, **params})


OLD = (
    """DELETE FROM shadow_line l USING shadow_order o WHERE o.brand_id = %(brand)s AND o.project_id = %(project)s
          AND o.placed_at < %(before)s AND l.brand_id = %(brand)s AND l.order_id = o.id""",
    "DELETE FROM shadow_order WHERE brand_id = %(brand)s AND project_id = %(project)s AND placed_at < %(before)s",
    "DELETE FROM shadow_stock WHERE brand_id = %(brand)s AND project_id = %(project)s AND at < %(before)s",
    "DELETE FROM shadow_feed WHERE brand_id = %(brand)s AND project_id = %(project)s AND received_at < %(before)s",
)
BODIES = """
    UPDATE shadow_feed SET body = NULL
     WHERE brand_id = %(brand)s AND project_id = %(project)s AND body IS NOT NULL AND received_at < %(bodies)s
"""


def forget_old(brand_id: UUID, project: Project) -> int:
    """Observations older than the project keeps, and payloads older than a week, are deleted; rows gone."""
    now = clock.now()
    with in_brand(brand_id):
        key = {"brand": brand_id, "project": project.id, "before": now - timedelta(days=project.keep_days)}
        gone = sum(execute(statement, key) for statement in OLD)
        execute(BODIES, {"brand": brand_id, "project": project.id, "bodies": now - KEEP_BODIES})
        return gone


RAN = "SELECT max(until) FROM shadow_run WHERE brand_id = %(brand)s AND project_id = %(project)s"


def daily(brand_id: UUID) -> int:
    """After midnight of its zone each project is looked at by itself; projects looked at. Comes round often."""
    looked = 0
    for project in list_projects(brand_id):
        yesterday = clock.now().astimezone(ZoneInfo(project.timezone)).date() - timedelta(days=1)
        with in_brand(brand_id):
            forget_old(brand_id, project)
            zone = str(ZoneInfo(project.timezone))
            ((_, last),) = rows(SPAN, {"brand": brand_id, "project": project.id, "zone": zone})
            ((ran,),) = rows(RAN, {"brand": brand_id, "project": project.id})
        if last is not None and (ran is None or ran < min(last, yesterday)) and last >= yesterday:
            run(brand_id, project.id, by="every day", until=yesterday)
            looked += 1
    return looked
