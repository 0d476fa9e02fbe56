"""What can be taken along: the paper, the findings as CSV, the summary as JSON, the rows that could not be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.export import line
from datong.channels.console.shadow.common import names_of, project_of, shown, store_names
from datong.channels.console.shadow.findings import filter_of
from datong.channels.console.shell import desk
from datong.channels.console.who import Who
from datong.kernel.money import Money
from datong.shadow import api as shadow
from datong.shadow.api import FindingFilter
from datong.shadow.types import Project

PAGE = 500


@require_safe
@desk(Action.SHADOW_VIEW)
def paper(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    """The PDF for the board, in the reader's language; names of people are masked."""
    report = shadow.report(who.brand.id, project_id)
    body = shadow.paper(report, who.brand.name, get_language() or "en")
    return _file(HttpResponse(body, content_type="application/pdf"), f"shadow-{report.until.isoformat()}.pdf")


@require_safe
@desk(Action.SHADOW_VIEW)
def data(request: HttpRequest, who: Who, project_id: UUID) -> HttpResponse:
    report = shadow.report(who.brand.id, project_id)
    body = json.dumps(shadow.as_json(report), ensure_ascii=False, indent=2)
    return _file(HttpResponse(body, content_type="application/json"), f"shadow-{report.until.isoformat()}.json")


@require_safe
@desk(Action.SHADOW_VIEW)
def table(request: HttpRequest, who: Who, project_id: UUID) -> StreamingHttpResponse:
    """The findings by the same filters as the page, each evidence row a line of its own."""
    project, wanted = project_of(who, project_id), filter_of(request.GET.dict())
    rows = (line(row) for row in _rows(who, project, wanted))
    return _file(StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8"), "findings.csv")


def _rows(who: Who, project: Project, wanted: FindingFilter) -> Iterator[list[Any]]:
    # Spreadsheets take a file without this mark for an old code page and spoil every Chinese name.
    yield ["\ufeff" + _("Kind"), _("Severity"), _("Day"), _("What"), _("Store"), _("Systems"), _("How"), _("Money"),
           _("Currency"), _("Explained"), _("Evidence")]  # fmt: skip
    stores, names = store_names(who), names_of(project)
    after = None
    while True:
        found = shadow.findings_page(who.brand.id, project.id, wanted, after=after, limit=PAGE)
        for each in found.rows:
            one = shown(who, each)
            head = [
                str(shadow.KIND[one.kind]), str(shadow.SEVERITY[one.severity]), one.day.isoformat(),
                shadow.subject(one),
                stores.get(one.store, one.store), ", ".join(one.systems), shadow.said(one, names, stores),
                Money(one.amount_minor, one.currency).decimal, one.currency, one.reason,
            ]  # fmt: skip
            for row in one.evidence or ({},):
                yield [*head, "; ".join(f"{key}={value}" for key, value in row.items() if value not in (None, "", []))]
        after = found.next
        if after is None:
            return


@require_safe
@desk(Action.SHADOW_VIEW, write=Action.SHADOW_EDIT)
def problems(request: HttpRequest, who: Who, project_id: UUID, feed_id: UUID) -> HttpResponse:
    """What could not be read of a file: place, value, fix."""
    name, _refused, found = shadow.feed_problems(who.brand.id, project_id, feed_id)
    rows = [["\ufeff" + _("Where"), _("Value"), _("What it should be")]]
    rows += [[problem.field, str(problem.value or ""), problem.fix] for problem in found]
    body = "".join(line(list(row)) for row in rows)
    return _file(HttpResponse(body, content_type="text/csv; charset=utf-8"), f"{name.rpartition('.')[0]}-problems.csv")


def _file(response: Any, name: str) -> Any:
    plain = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_.")) or "file"
    response["Content-Disposition"] = f'attachment; filename="{plain}"'
    return response
