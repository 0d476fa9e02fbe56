"""One import: its columns, its dry run, its way in and back. The work is the worker's: the page can be left."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.channels.console.imports.telling import HUE, STATE, asked_prices, fault_rows, how_read, time_left
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.imports import api as imports
from datong.imports.types import Mode, Raw, Run, RunState
from datong.kernel.errors import BadInput
from datong.kernel.mail import has_server

SHOWN = 50
SAMPLES = 3


@require_safe
@desk(Action.IMPORTS_VIEW)
def run(request: HttpRequest, who: Who, run_id: UUID) -> HttpResponse:
    found = _find(who, run_id)
    mapping = found.state is RunState.READ or ("columns" in request.GET and found.state is RunState.CHECKED)
    return _page(request, who, found, mapping=mapping)


@require_safe
@desk(Action.IMPORTS_VIEW)
def now(request: HttpRequest, who: Who, run_id: UUID) -> HttpResponse:
    """The bar while somebody works on it; when it rests, the page is read anew."""
    found = _find(who, run_id)
    if not found.at_work:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return render(request, "console/imports/_progress.html", {"run": found, **_progress(found)})


@require_POST
@desk(Action.IMPORTS_VIEW)
def act(request: HttpRequest, who: Who, run_id: UUID) -> HttpResponse:
    found = _find(who, run_id)
    require(who, imports.kind_of(found.kind).needs)
    brand, verb = who.brand.id, request.POST.get("verb", "")
    if verb == "check":
        try:
            mapped = _mapped(found, request.POST)
            imports.map_run(brand, run_id, mapped, _constants(found, request.POST))
            imports.ask_check(brand, run_id)
        except BadInput as error:
            lacking = {problem.field for problem in error.problems}
            found = imports.get_run(brand, run_id)
            return _page(request, who, found, mapping=True, lacking=lacking, status=422)
    elif verb == "start":
        base = request.build_absolute_uri("/") if found.kind == "staff" and request.POST.get("invite") else ""
        imports.ask_start(brand, run_id, mode=Mode.ALL if request.POST.get("mode") == "all" else Mode.GOOD, invite=base)
    elif verb == "undo":
        imports.ask_undo(brand, run_id, by=who.staff.username, partial=bool(request.POST.get("partial")))
    elif verb == "forget":
        imports.forget(brand, run_id)
        messages.success(request, _("The file is gone; nothing was changed."))
        return redirect("imports")
    return redirect("import", run_id=run_id)


def _find(who: Who, run_id: UUID) -> Run:
    found = imports.get_run(who.brand.id, run_id)
    require(who, imports.kind_of(found.kind).shows)
    return found


def _page(
    request: HttpRequest,
    who: Who,
    found: Run,
    *,
    mapping: bool,
    lacking: set[str] | frozenset[str] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    kind = imports.kind_of(found.kind)
    undone = found.state in (RunState.DONE, RunState.UNDONE) and bool(found.left)
    faults = [] if mapping else imports.list_faults(who.brand.id, found.id, limit=SHOWN)
    given = {
        "run": found,
        "kind": kind,
        "lead": _lead(found, mapping),
        "state": STATE[found.state],
        "hue": HUE[found.state],
        "how": how_read(found),
        "mapping": mapping,
        "columns": _columns(who, found, lacking) if mapping else [],
        "unused": [name for name in found.notes.get("unused", ()) if name],
        "doubts": [(heading, imports.labelled(kind, c)) for heading, c in found.notes.get("doubts", {}).items()],
        "lacking": [imports.labelled(kind, c) for c in sorted(lacking)],
        "faults": fault_rows(found, faults),
        "stuck": undone,
        "no_password": found.kind == "staff" and found.state is RunState.DONE and found.counts.new > 0,
        "invites": found.kind == "staff" and found.counts.new > 0,
        "mail": has_server(),
        "invited": bool(found.options.get("invite")),
        "to_go": found.counts.new + found.counts.changed,
        "may": who.may(kind.needs),
        "at_work": found.at_work,
        "reconciles": kind.reconciles and found.state is RunState.DONE,
        "asked": asked_prices(who.brand.id, found),
        **_progress(found),
    }
    return page(request, who, "imports/run", given, status=status)


def _lead(found: Run, mapping: bool) -> str:
    counts, rows = found.counts, ngettext("%(n)s row", "%(n)s rows", found.rows) % {"n": number(found.rows)}
    if mapping:
        return _("%(rows)s: say which heading is which column, then check.") % {"rows": rows}
    if found.state is RunState.CHECKED and not counts.bad and counts.found:
        look = ngettext("%(n)s has something to look at", "%(n)s have something to look at", counts.found)
        said = {"rows": rows, "look": look % {"n": number(counts.found)}}
        return _("%(rows)s, all good, %(look)s: nothing has been changed yet.") % said
    if found.state is RunState.CHECKED and not counts.bad:
        return _("%(rows)s, all good: nothing has been changed yet.") % {"rows": rows}
    if found.state is RunState.CHECKED:
        bad = ngettext("%(n)s needs a correction", "%(n)s need a correction", counts.bad) % {"n": number(counts.bad)}
        return _("%(rows)s, %(bad)s: nothing has been changed yet.") % {"rows": rows, "bad": bad}
    if found.state is RunState.DONE:
        went = counts.new + counts.changed
        return ngettext("%(n)s row went in.", "%(n)s rows went in.", went) % {"n": number(went)}
    if found.state is RunState.UNDONE:
        return (
            _("Everything is as it was before, except %(n)s rows.") % {"n": number(found.left)}
            if found.left
            else _("Everything is as it was before.")
        )
    if found.state is RunState.FAILED:
        return _("It stopped: %(why)s") % {"why": found.message}
    return _("The work goes on when you leave this page.")


def _progress(found: Run) -> dict[str, Any]:
    stages = {
        RunState.CHECKING: _("Checking every row"),
        RunState.RUNNING: _("Letting the rows in"),
        RunState.UNDOING: _("Putting back what was there"),
    }
    left = time_left(found)
    of = _("%(done)s of %(all)s rows, %(left)s") % {
        "done": number(found.progress), "all": number(found.rows), "left": left,
    }  # fmt: skip
    return {"stage": stages.get(found.state, ""), "note": of, "now_url": reverse("import-now", args=[found.id])}


def _columns(who: Who, found: Run, lacking: set[str] | frozenset[str]) -> list[dict[str, Any]]:
    """Our columns, each with the heading it is read from, what stands there, and what all rows have."""
    lines = imports.first_lines(who.brand.id, found.id, SAMPLES)
    rows = []
    for column in imports.kind_of(found.kind).columns:
        at = found.mapping.get(column.name)
        rows.append(
            {
                "column": column,
                "at": "" if at is None else at,
                "fixed": found.constants.get(column.name, ""),
                "samples": [_said(cells, at) for _line, cells in lines] if at is not None else [],
                "lacks": column.name in lacking,
                "options": [("", _("not in the file")), *((n, h) for n, h in enumerate(found.headings) if h)],
            }
        )
    return rows


def _said(cells: list[Raw], at: int) -> str:
    return str(cells[at])[:40] if at < len(cells) and cells[at] is not None else "–"


def _mapped(found: Run, typed: QueryDict) -> dict[str, int]:
    mapped = {}
    for column in imports.kind_of(found.kind).columns:
        at = typed.get(f"at-{column.name}", "")
        if at.isdecimal():
            mapped[column.name] = int(at)
    return mapped


def _constants(found: Run, typed: QueryDict) -> dict[str, str]:
    columns = imports.kind_of(found.kind).columns
    return {c.name: text[:200] for c in columns if (text := typed.get(f"all-{c.name}", "").strip())}
