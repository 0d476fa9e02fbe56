"""The summary: what did not fit, what it comes to, what was looked at."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.channels.console.shadow.common import project_in
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design import charts
from datong.channels.design.formats import money, number
from datong.shadow import api as shadow
from datong.shadow.types import LOSES, Kind, KindFigures, Project, Report

FIRST = (Kind.OVERSELL, Kind.MISSING, Kind.DOUBLED, Kind.PRICE_GAP, Kind.DUPLICATE, Kind.NEARER)
"""The figures that are asked for first."""


@require_safe
@desk(Action.SHADOW_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    project = project_in(request, who)
    may_edit = who.may(Action.SHADOW_EDIT)
    if project is None:
        return page(request, who, "shadow/empty", {"may_edit": may_edit, "typed": who.brand.name})
    report = shadow.report(who.brand.id, project.id)
    given = {
        "project": project,
        "others": [(str(p.id), p.name) for p in shadow.list_projects(who.brand.id)],
        "report": report,
        "lead": shadow.headline(report),
        "currency": project.currency,
        "kinds": [_kind(project, found) for found in report.kinds],
        "first": [_kind(project, found) for found in report.kinds if found.kind in FIRST],
        "one_day": report.since == report.until,
        "chart": _chart(report),
        "trend": _trend(report),
        "coverage": [(seen, shadow.SYSTEM_KIND[seen.system.kind]) for seen in report.coverage],
        "notes": report.notes,
        "may_edit": may_edit,
        "ready": any(seen.orders for seen in report.coverage),
    }
    return page(request, who, "shadow/overview", given)


def _kind(project: Project, found: KindFigures) -> dict[str, Any]:
    return {
        "figures": found,
        "title": shadow.KIND[found.kind],
        "means": shadow.MEANS[found.kind],
        "money": shadow.MONEY[found.kind],
        "lost": found.kind in LOSES,
        "href": f"{reverse('shadow-findings', args=[project.id])}?kind={found.kind.value}",
    }


def _chart(report: Report) -> Any:
    """Money by kind, the most first; None while nothing is lost."""
    points = [
        (str(shadow.KIND[found.kind]), found.amount_minor,
         f"{reverse('shadow-findings', args=[report.project.id])}?kind={found.kind.value}")
        for found in sorted(report.kinds, key=lambda f: -f.amount_minor)
        if found.kind in LOSES and found.amount_minor
    ]  # fmt: skip
    note = _("explained findings are left out")
    return (
        charts.bars(_("Money at stake"), points, note=note, text=lambda v: money(int(v), report.project.currency))
        if points
        else None
    )


def _trend(report: Report) -> Any:
    """Findings a day; None for a single day."""
    points = [(day.day.strftime("%m-%d"), float(sum(day.counts.values()))) for day in report.days]
    return charts.columns(_("Findings a day"), points, text=number) if len(points) > 1 else None


@require_POST
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def look(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    """Look again, at every day that was observed."""
    report = shadow.run(who.brand.id, project_id, by=who.staff.username)
    messages.success(request, _("Looked at %(n)s orders.") % {"n": number(report.orders)})
    return redirect(f"{reverse('shadow')}?project={project_id}")
