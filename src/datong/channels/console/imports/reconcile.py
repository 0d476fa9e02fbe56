"""Is it to the cent what the old system had? Totals side by side, rows that differ, and somebody who signs."""

from __future__ import annotations

from itertools import islice
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.imports import api as imports
from datong.imports.types import DOWNLOADS, Compared, Reconciled, Run, Total
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.money import exponent

SHOWN = 200
OTHERS = 5
"""Groups that somebody may add by hand, beside those of the file."""


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.IMPORTS_VIEW)
def reconcile(request: HttpRequest, who: Who, run_id: UUID) -> HttpResponse:
    run = _run(who, run_id)
    errors: dict[str, str] = {}
    made = imports.reconciliations_of(who.brand.id, run_id)
    latest = made[0] if made else None
    if request.method == "POST":
        require(who, imports.kind_of(run.kind).needs)
        errors = _sign(request, who, latest) if "sign" in request.POST else _ask(request.POST, who, run, latest)
        if not errors:
            return redirect("import-reconcile", run_id=run_id)
    rows = list(islice(imports.rows_apart(who.brand.id, latest.id), SHOWN)) if latest and latest.done_at else []
    given = {
        "run": run,
        "kind": imports.kind_of(run.kind),
        "latest": latest,
        "lead": _lead(latest),
        "lines": [_line(run, n, line, request.POST) for n, line in enumerate(latest.lines)] if latest else [],
        "rows": [_apart(run, row, latest) for row in rows],
        "more": max(0, latest.differences - len(rows)) if latest else 0,
        "older": [one for one in made[1:] if one.signed_at],
        "may": who.may(imports.kind_of(run.kind).needs),
        "own": run.by == who.staff.username,
        "errors": errors,
        "note": request.POST.get("note", ""),
    }
    return page(request, who, "imports/reconcile", given, status=422 if errors else 200)


@require_safe
@desk(Action.IMPORTS_VIEW)
def workbook(request: HttpRequest, who: Who, run_id: UUID, reconciliation_id: UUID) -> HttpResponse:
    run = _run(who, run_id)
    if imports.get_reconciliation(who.brand.id, reconciliation_id).run_id != run.id:
        raise NotFound("no such reconciliation")
    data = imports.reconciliation_file(who.brand.id, reconciliation_id)
    response = HttpResponse(data, content_type=DOWNLOADS["xlsx"])
    response["Content-Disposition"] = f'attachment; filename="reconciliation-{run.kind}.xlsx"'
    return response


def _run(who: Who, run_id: UUID) -> Run:
    run = imports.get_run(who.brand.id, run_id)
    kind = imports.kind_of(run.kind)
    require(who, kind.shows)
    if not kind.reconciles:
        raise NotFound("nothing to reconcile")
    return run


def _sign(request: HttpRequest, who: Who, latest: Reconciled | None) -> dict[str, str]:
    if latest is None:
        return {}
    try:
        imports.sign_reconciliation(who.brand.id, latest.id, by=who.staff.username, note=request.POST.get("note", ""))
    except BadInput:
        return {"note": _("Say why it is in order although something differs; at most 500 characters.")}
    messages.success(request, _("Signed."))
    return {}


def _ask(typed: QueryDict, who: Who, run: Run, latest: Reconciled | None) -> dict[str, str]:
    """Compare with what the old system says: a figure for each line of the last comparison."""
    given, errors = [], {}
    for n, line in enumerate(latest.lines if latest else ()):
        if text := typed.get(f"c-{n}", "").replace(",", "").replace(" ", "").strip():
            value = _minor(text, line.unit)
            if value is None:
                errors[f"c-{n}"] = _("A number such as 1234.50.")
            else:
                given.append(Total(line.group, line.measure, value))
    if not errors:
        asked = imports.ask_reconciliation(who.brand.id, run.id, given, by=who.staff.username)
        if run.rows <= AT_ONCE:
            imports.reconcile(who.brand.id, asked.id)
    return errors


AT_ONCE = 4_000
"""Rows that are compared while somebody waits; more are the worker's."""


def _minor(text: str, unit: str) -> int | None:
    whole, _point, part = text.partition(".")
    digits = exponent(unit) if unit else 0
    if not (whole + part).isdecimal() or not text.isascii() or len(part) > digits or len(text) > 18:
        return None
    return int((whole or "0") + part.ljust(digits, "0"))


def _lead(latest: Reconciled | None) -> str:
    if latest is None:
        return _("Compare what was taken in with the file and with the totals of the old system.")
    if latest.done_at is None:
        return _("It is being compared: look again in a moment.")
    if latest.agrees:
        return _("Everything agrees, to the cent.")
    wrong = sum(line.difference != 0 for line in latest.lines)
    said = {
        "totals": ngettext("%(n)s total differs", "%(n)s totals differ", wrong) % {"n": number(wrong)},
        "rows": ngettext("%(n)s row differs", "%(n)s rows differ", latest.differences)
        % {"n": number(latest.differences)},
    }
    return _("%(totals)s, %(rows)s.") % said


def _line(run: Run, n: int, line: Compared, typed: QueryDict) -> dict[str, Any]:
    control, file, here, difference = imports.figures(line)
    return {
        "id": f"c-{n}",
        "group": " / ".join(line.group),
        "measure": imports.measured(imports.kind_of(run.kind), line.measure),
        "control": typed.get(f"c-{n}", control or ""),
        "file": file,
        "here": here,
        "difference": difference,
        "differs": line.difference != 0,
    }


def _apart(run: Run, row: Any, latest: Reconciled | None) -> dict[str, Any]:
    return {
        "line": row.line,
        "called": row.called,
        "what": imports.WHAT[row.what],
        "why": imports.why(row),
        "file": _told(row.file, run, latest),
        "here": _told(row.here, run, latest),
    }


def _told(text: str, run: Run, latest: Reconciled | None) -> str:
    """The amounts of one row, as people write them."""
    if not text:
        return ""
    group, amounts = msgspec.json.decode(text)
    units = {line.group: line.unit for line in latest.lines if line.unit} if latest else {}
    kind = imports.kind_of(run.kind)
    said = []
    for measure, value in amounts.items():
        line = Compared(tuple(group), units.get(tuple(group), ""), measure, None, value, value)
        said.append(f"{imports.measured(kind, measure)} {imports.figures(line)[1]}")
    return " · ".join([" / ".join(group), *said])
