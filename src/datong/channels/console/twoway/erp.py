"""ERPs: which are connected, live or dry, what they told, what they were told, and what waits for a correction."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.channels.console.shell import desk, page, require
from datong.channels.console.twoway import words
from datong.channels.console.twoway.check import rows_of, sentence
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import Conflict
from datong.sync import api as sync

PROBLEMS_SHOWN = 5


@require_safe
@desk(Action.CHANNELS_VIEW)
def erps(request: HttpRequest, who: Who) -> HttpResponse:
    found = sync.list_erps(who.brand.id)
    live = sum(erp.live for erp in found)
    said = ngettext("%(n)s ERP is connected", "%(n)s ERPs are connected", len(found)) % {"n": number(len(found))}
    alive = ngettext("%(n)s is live", "%(n)s are live", live) % {"n": number(live)}
    given = {
        "lead": _("%(taken)s, %(hands)s") % {"taken": said, "hands": alive} if found else _("No ERP is connected."),
        "rows": [_row(erp) for erp in found],
        "kinds": [words.ERP_TITLE.get(name, name) for name in sync.erp_mappings()],
    }
    return page(request, who, "twoway/erps", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CHANNELS_VIEW, write=Action.CHANNELS_EDIT)
def one(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    erp = sync.get_erp(who.brand.id, code)
    if request.method == "POST":
        require(who, Action.CHANNELS_EDIT)
        _act(request, who, code, request.POST.get("do", ""))
        return redirect("erp-one", code=code)
    checked = sync.last_check(who.brand.id, erp.id, code)
    files = sync.list_files(who.brand.id, erp.id)
    given = {
        **_row(erp),
        "checked": checked,
        "checks": rows_of(checked),
        "verdict": sentence(checked),
        "where": erp.settings.get("folder") or erp.settings.get("base_url", ""),
        "files": [_file(f) for f in files],
        "may_edit": who.may(Action.CHANNELS_EDIT),
    }
    return page(request, who, "twoway/erp", given)


def _act(request: HttpRequest, who: Who, code: str, do: str) -> None:
    by = who.staff.username
    if do == "check":
        sync.check_erp(who.brand.id, code, by=by)
        messages.success(request, _("Checked."))
    elif do in ("live", "dry"):
        try:
            sync.erp_live(who.brand.id, code, live=do == "live", by=by)
            messages.success(
                request, _("It is live.") if do == "live" else _("It is dry: nothing is changed any more.")
            )
        except Conflict as error:
            count = len(error.problems)
            said = ngettext("%(n)s mismatch keeps it dry.", "%(n)s mismatches keep it dry.", count)
            messages.error(request, said % {"n": number(count)})
    else:
        done = sync.run_erp(who.brand.id, code)
        if done.problem:
            messages.error(request, done.problem)
        else:
            told = sum(s.count for s in done.sent)
            said = _("%(files)s read, %(changed)s rows changed, %(told)s told.")
            changed = sum(t.changed for t in done.taken)
            messages.success(
                request, said % {"files": number(len(done.taken)), "changed": number(changed), "told": number(told)}
            )


def _row(erp: Any) -> dict[str, Any]:
    return {
        "erp": erp,
        "title": words.ERP_TITLE.get(erp.mapping, erp.mapping),
        "word": _("live") if erp.live else _("dry"),
        "status": "good" if erp.live and not erp.error else "problem" if erp.error else "waiting",
    }


def _file(f: Any) -> dict[str, Any]:
    return {
        "f": f,
        "feed": words.FEED.get(f.feed, f.feed),
        "word": words.FILE_STATE[f.state],
        "status": words.FILE_HUE[f.state],
        "problems": [(*_place(p.field), p) for p in f.problems[:PROBLEMS_SHOWN]],
        "more": max(0, len(f.problems) - PROBLEMS_SHOWN),
    }


def _place(field: str) -> tuple[str, str]:
    row, _slash, column = field.strip("/").partition("/")
    return row, column
