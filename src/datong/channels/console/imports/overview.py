"""All imports: send a file, get a template or everything there is, and what was taken in before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.imports.telling import HUE, STATE
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.imports import api as imports
from datong.imports.types import MAX_BYTES, Run, Unreadable
from datong.kernel.errors import BadInput


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.IMPORTS_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    error = ""
    if request.method == "POST":
        try:
            return _send(request, who)
        except BadInput as found:
            error = _reason(found)
    kinds = [kind for kind in imports.kinds() if who.may(kind.shows) or (kind.leaves and who.may(kind.leaves))]
    mine = {kind.name for kind in kinds if who.may(kind.shows)}
    runs, older = imports.list_runs(who.brand.id, cursor=request.GET.get("before", ""), limit=20)
    given = {
        "lead": _lead(runs),
        "kinds": [(k, who.may(k.needs)) for k in kinds],
        "sendable": [(k.name, k.title) for k in kinds if who.may(k.needs)],
        "chosen": request.POST.get("kind") or request.GET.get("kind", ""),
        "error": error,
        "may_try": any(k.name == "customers" and who.may(k.needs) for k in kinds),
        "rows": [_row(run) for run in runs if run.kind in mine],
        "older": f"?before={older}" if older else "",
    }
    return page(request, who, "imports/overview", given, status=422 if error else 200)


def _send(request: HttpRequest, who: Who) -> HttpResponse:
    kind = imports.kind_of(request.POST.get("kind", ""))
    require(who, kind.needs)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Unreadable("no_file", _("Choose a file first."))
    if (file.size or 0) > MAX_BYTES:
        raise Unreadable("too_large", _("At most %(mb)s MB: split the file.") % {"mb": MAX_BYTES // 2**20})
    again = bool(request.POST.get("again"))
    run = imports.receive(
        who.brand.id, kind.name, file.name or kind.name, file.read(), by=who.staff.username, again=again
    )
    if run.repeated:
        messages.success(request, _("This very file was sent before: here is what became of it."))
    elif not run.notes.get("doubts") and imports.is_mapped(run):
        imports.ask_check(who.brand.id, run.id)
    return redirect("import", run_id=run.id)


def _reason(error: BadInput) -> str:
    """Why a file cannot be read, in the reader's words; the technical rest is in English."""
    code = error.fault if isinstance(error, Unreadable) else ""
    said = {
        "empty": _("The file is empty."),
        "no_rows": _("There are no rows below the headings."),
        "binary": _("This is neither an Excel workbook nor a text file."),
        "encoding": _("The file's encoding cannot be read: save it as CSV UTF-8 or as an Excel workbook."),
        "password": _("The workbook has a password: save it without one."),
        "workbook": _("The workbook cannot be opened: save it anew as .xlsx."),
        "too_many": _("At most 200,000 rows: split the file."),
        "csv": _("A double quote is not closed: %(why)s") % {"why": str(error)},
    }
    return said.get(code, str(error))


def _lead(runs: list[Run]) -> str:
    busy = sum(run.at_work for run in runs)
    if busy:
        return ngettext("%(n)s file is on its way in.", "%(n)s files are on their way in.", busy) % {"n": number(busy)}
    if not runs:
        return _("Bring in stores, hours, staff, products, prices and stock from files.")
    waiting = sum(run.state in ("read", "checked") for run in runs)
    if waiting:
        return ngettext("%(n)s file waits for you.", "%(n)s files wait for you.", waiting) % {"n": number(waiting)}
    return _("Nothing is on its way in.")


def _row(run: Run) -> dict[str, Any]:
    return {
        "run": run,
        "kind": imports.kind_of(run.kind).title,
        "state": STATE[run.state],
        "hue": HUE[run.state],
        "href": reverse("import", args=[run.id]),
    }
