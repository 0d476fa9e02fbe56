"""The summary: figures of the latest run by kind and by day, and what they were made from. Recomputed from the rows."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.shadow.models import Run as RunRow
from datong.shadow.queries.findings import COLUMNS, FROM, finding_of
from datong.shadow.queries.projects import project_of
from datong.shadow.types import LOSES, Coverage, DayFigures, Finding, Kind, KindFigures, Report

BY_KIND = """
    SELECT f.kind, count(*) FILTER (WHERE e.mark IS NULL),
           coalesce(sum(f.amount_minor) FILTER (WHERE e.mark IS NULL), 0),
           count(*) FILTER (WHERE e.mark IS NULL AND f.severity = 'high'), count(e.mark)
      FROM shadow_finding f
      LEFT JOIN shadow_explained e ON e.brand_id = f.brand_id AND e.project_id = f.project_id AND e.mark = f.mark
     WHERE f.brand_id = %(brand)s AND f.project_id = %(project)s GROUP BY 1
"""
BY_DAY = """
    SELECT f.day, f.kind, count(*), sum(f.amount_minor) FROM shadow_finding f
      LEFT JOIN shadow_explained e ON e.brand_id = f.brand_id AND e.project_id = f.project_id AND e.mark = f.mark
     WHERE f.brand_id = %(brand)s AND f.project_id = %(project)s AND e.mark IS NULL GROUP BY 1, 2 ORDER BY 1
"""
SEEN = """
    SELECT s.id,
           (SELECT count(*) FROM shadow_order o
             WHERE o.brand_id = s.brand_id AND o.project_id = s.project_id AND o.system_id = s.id),
           (SELECT count(*) FROM shadow_stock k
             WHERE k.brand_id = s.brand_id AND k.project_id = s.project_id AND k.system_id = s.id),
           (SELECT count(*) FROM shadow_price p
             WHERE p.brand_id = s.brand_id AND p.project_id = s.project_id AND p.system_id = s.id),
           (SELECT count(*) FROM shadow_member m
             WHERE m.brand_id = s.brand_id AND m.project_id = s.project_id AND m.system_id = s.id),
           (SELECT count(*) FROM shadow_item i
             WHERE i.brand_id = s.brand_id AND i.project_id = s.project_id AND i.system_id = s.id AND i.others = 0
               AND i.item <> ''),
           (SELECT max(received_at) FROM shadow_feed f
             WHERE f.brand_id = s.brand_id AND f.project_id = s.project_id AND f.system_id = s.id)
      FROM shadow_system s WHERE s.brand_id = %(brand)s AND s.project_id = %(project)s
"""


def report(brand_id: UUID, project_id: UUID) -> Report:
    """Every kind is there, 0 where nothing was found. It counts the project's rows: for a page that a person opens."""
    with in_brand(brand_id):
        project = project_of(brand_id, project_id)
        key = {"brand": brand_id, "project": project_id}
        run = RunRow.objects.filter(brand_id=brand_id, project_id=project_id).order_by("-id").first()
        kinds = {Kind(row[0]): row for row in rows(BY_KIND, key)}
        days: dict[date, dict[Kind, tuple[int, int]]] = {}
        for day, kind, count, amount in rows(BY_DAY, key):
            days.setdefault(day, {})[Kind(kind)] = count, int(amount)
        seen = {row[0]: row[1:] for row in rows(SEEN, key)}
    today = clock.now().date()
    return Report(
        project=project,
        since=run.since if run else today,
        until=run.until if run else today,
        ran_at=run.at if run else None,
        seconds=run.seconds if run else 0.0,
        orders=run.orders if run else 0,
        kinds=tuple(
            KindFigures(k, kinds[k][1], int(kinds[k][2]), kinds[k][3], kinds[k][4])
            if k in kinds
            else KindFigures(k, 0, 0)
            for k in Kind
        ),
        days=tuple(
            DayFigures(
                day,
                {kind: count for kind, (count, _) in found.items()},
                sum(amount for kind, (_, amount) in found.items() if kind in LOSES),
            )
            for day, found in days.items()
        ),
        coverage=tuple(Coverage(s, *seen.get(s.id, (0, 0, 0, 0, 0, None))) for s in project.systems),
        notes=run.notes if run else {},
    )


TOP = f"""
    SELECT * FROM (SELECT {COLUMNS}, row_number() OVER (PARTITION BY f.kind ORDER BY f.amount_minor DESC, f.id) AS place
                     FROM {FROM}
                    WHERE f.brand_id = %(brand)s AND f.project_id = %(project)s AND e.mark IS NULL) x
     WHERE place <= %(most)s ORDER BY kind, place
"""  # noqa: S608 constants of ours


def top_findings(brand_id: UUID, project_id: UUID, most: int = 25) -> dict[Kind, list[Finding]]:
    """Of each kind the open findings with most money; one statement."""
    found: dict[Kind, list[Finding]] = {}
    with in_brand(brand_id):
        for row in rows(TOP, {"brand": brand_id, "project": project_id, "most": most}):
            one = finding_of(row[:-1])
            found.setdefault(one.kind, []).append(one)
    return found
