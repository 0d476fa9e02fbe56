"""What tills and files declare their days were: a small CSV, every mistake named with its row, column and fix."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, Problem
from datong.kernel.text import NotText, decode
from datong.sync import api as sync

MAX_BYTES = 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.INBOX_CORRECT)
def totals(request: HttpRequest, who: Who) -> HttpResponse:
    """A file, or the same typed in; what was typed stays when it cannot be read."""
    require(who, Action.INBOX_CORRECT)
    problems: list[tuple[str, str, Problem]] = []
    typed = request.POST.get("text", "")
    if request.method == "POST":
        try:
            typed = _text(request) or typed
            count = sync.put_totals(who.brand.id, sync.read_totals(who.brand.id, typed), by=who.staff.username)
            said = ngettext("%(n)s day declared and compared.", "%(n)s days declared and compared.", count)
            messages.success(request, said % {"n": number(count)})
            return redirect("reconciliation")
        except BadInput as error:
            found = error.problems or (Problem("", error.code, str(error)),)
            problems = [(*_place(problem.field), problem) for problem in found]
    given = {"typed": typed, "problems": problems, "currency": who.brand.currency}
    return page(request, who, "twoway/totals", given, status=422 if problems else 200)


def _text(request: HttpRequest) -> str:
    uploaded = request.FILES.get("file")
    if uploaded is None:
        return ""
    if (uploaded.size or 0) > MAX_BYTES:
        raise BadInput("the file is too large", Problem("", "too_large", _("At most 1 MB.")))
    try:
        return decode(uploaded.read())[0].replace("\x00", "")
    except NotText:
        raise BadInput("not text", Problem("", "encoding", _("Save it as CSV in UTF-8 or GBK."))) from None


def _place(field: str) -> tuple[str, str]:
    row, _slash, column = field.strip("/").partition("/")
    return row, column
