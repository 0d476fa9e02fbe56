"""The chart of accounts 会计科目表: the template, the standard's version, each account's number, names and codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.books.common import line_word, name_of, tabs
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.ledger import api as ledger
from datong.ledger.types import Chart, ChartLine, Line, Standard, Template

E = TypeVar("E", bound=StrEnum)
NEW = "new"


def template_word(template: Template) -> str:
    return {
        Template.RETAIL: pgettext("chart", "Retail"),
        Template.RESTAURANT: pgettext("chart", "Restaurant"),
        Template.SERVICE: pgettext("chart", "Service network"),
    }[template]


def standard_word(standard: Standard) -> str:
    return {
        Standard.CAS: _("Chinese standards (CAS), revenue standard of 2017"),
        Standard.CAS_2006: _("Chinese standards (CAS) of 2006"),
        Standard.CAS_SMALL: _("Chinese standards for small companies (2013)"),
        Standard.IFRS: _("IFRS"),
    }[standard]


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def chart(request: HttpRequest, who: Who) -> HttpResponse:
    """The accounts; posting to it begins another template or standard from a day on."""
    today = timezone.localtime(clock.now()).date()
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            begins = _day(request.POST.get("valid_from", ""))
            template = one_of(Template, "template", request.POST.get("template", ""))
            standard = one_of(Standard, "standard", request.POST.get("standard", ""))
            ledger.adopt_template(who.brand.id, template, standard, begins, by=who.staff.username)
            messages.success(request, _("The chart of accounts holds from %(day)s.") % {"day": begins.isoformat()})
            return redirect("books-chart")
        except BadInput as error:
            errors = {problem.field: problem.fix for problem in error.problems}
    found = ledger.chart_on(who.brand.id, today)
    unmapped = [
        row.account.code
        for row in ledger.trial_balance(who.brand.id)
        if ledger.line_of(found, row.account.code) is None
    ]
    given = {
        "lead": f"{template_word(found.template)} · {standard_word(found.standard)}",
        "tabs": tabs("books-chart"),
        "rows": [{"x": x, "name": name_of(x), "line": line_word(x.line)} for x in found.lines],
        "unmapped": unmapped,
        "older": [c for c in ledger.charts(who.brand.id) if c.by],
        "templates": [(t.value, template_word(t)) for t in Template],
        "standards": [(s.value, standard_word(s)) for s in Standard],
        "typed": request.POST if errors else {"template": found.template, "standard": found.standard,
                                              "valid_from": today.replace(month=1, day=1).isoformat()},
        "errors": errors,
        "may": who.may(Action.MONEY_EDIT),
    }  # fmt: skip
    return page(request, who, "books/chart", given, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def line(request: HttpRequest, who: Who, number: str) -> HttpResponse:
    """One account of the chart, or a new one: from today on."""
    today = timezone.localtime(clock.now()).date()
    found = ledger.chart_on(who.brand.id, today)
    mine = next((x for x in found.lines if x.number == number), None)
    if mine is None and number != NEW:
        raise NotFound(_("There is no account %(number)s.") % {"number": number})
    errors: dict[str, str] = {}
    post = request.POST
    typed = {
        "number": mine.number, "name": mine.name, "name_zh": mine.name_zh, "line": mine.line,
        "codes": "\n".join(mine.codes),
    } if mine else {"codes": request.GET.get("code", "")}  # fmt: skip
    if request.method == "POST":
        typed = {key: post.get(key, "") for key in ("number", "name", "name_zh", "line", "codes")}
        try:
            codes = tuple(dict.fromkeys(typed["codes"].split()))
            kept = tuple(x for x in found.lines if x != mine)
            if post.get("do") != "remove":
                kind = one_of(Line, "line", typed["line"])
                own = ChartLine(typed["number"].strip(), typed["name"].strip(), typed["name_zh"].strip(), kind, codes)
                kept = (own, *kept)
            _put(who, found, kept, today)
            messages.success(request, _("The account is kept; the trail says what it was before."))
            return redirect("books-chart")
        except BadInput as error:
            errors = {problem.field.rpartition("/")[2]: problem.fix for problem in error.problems}
    given = {
        "title": f"{mine.number} {name_of(mine)}" if mine else _("New account"),
        "fresh": mine is None,
        "typed": typed,
        "errors": errors,
        "lines": [(x.value, line_word(x)) for x in Line],
        "may": who.may(Action.MONEY_EDIT),
    }
    return page(request, who, "books/chart_line", given, status=422 if errors else 200)


def _put(who: Who, found: Chart, lines: tuple[ChartLine, ...], today: date) -> None:
    begins = found.valid_from if found.by else today.replace(month=1, day=1)
    ledger.put_chart(who.brand.id, replace(found, lines=lines, valid_from=begins), by=who.staff.username)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise BadValue("valid_from", text[:40], _("a day such as 2026-11-22")) from None


def one_of(kind: type[E], field: str, text: str) -> E:
    try:
        return kind(text)
    except ValueError:
        raise BadValue(field, text[:40], _("one of those offered")) from None
