"""Companies' books 公司账: each beside the brand's own, what they owe each other, the royalty a company pays."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.books import api as books
from datong.books.types import CompanyBooks, PairBooks
from datong.brand import api as brands
from datong.channels.console.books.common import NONE, Names, Period, filters, period_of, tabs
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, BadValue, NotAllowed, NotFound
from datong.ledger import api as ledger
from datong.ledger.types import BY_COMPANY

MOST_FILES = 200


@require_safe
@desk(Action.MONEY_VIEW)
def companies(request: HttpRequest, who: Who) -> HttpResponse:
    _whole(who)
    period = period_of(request, who)
    names = Names(who, ledger.chart_on(who.brand.id, period.asked.until))
    since, until = period.asked.since, period.asked.until
    assert since and until
    found = books.company_books(who.brand.id, since, until)
    pairs = books.company_pairs(who.brand.id, until)
    table = _table(who, period, found)
    if (wanted := request.GET.get("format")) is not None:
        return download(table, wanted, f"{who.brand.slug}-companies-{period.given['to']}")
    own = who.brand.currency
    gets = sum(p.payable_minor for p in pairs if p.owes is None and p.currency == own)
    owes = sum(p.payable_minor for p in pairs if p.owed is None and p.currency == own)
    count = len(names.companies)
    lead = ngettext("%(n)s company runs stores", "%(n)s companies run stores", count) % {"n": number(count)}
    owed = _("we owe them %(gets)s, they owe us %(owes)s.") % {"gets": money(gets, own), "owes": money(owes, own)}
    given = {
        "title": pgettext("books", "Companies"),
        "lead": f"{lead}: {owed}" if count else _("Every store is the brand's own: there is one set of books."),
        "tabs": tabs("books-companies"),
        "table": table,
        "pairs": _pairs(names, pairs),
        "files": list(names.companies.items())[:MOST_FILES],
        "some": count,
        **filters(request, period, names, by=False),
        "stores": [],
        "companies": [],
    }  # fmt: skip
    return page(request, who, "books/companies", given)


def _table(who: Who, period: Period, found: list[CompanyBooks]) -> Table:
    columns = (_("Company"), _("Royalty"), _("Net sales"), _("Profit"), _("Not entered yet"))
    table = Table(pgettext("books", "Companies"), columns, [], frozenset({2, 3, 4}))
    for each in found:
        whose = {BY_COMPANY: str(each.id) if each.id else NONE}
        href = period.link("books-trial", **whose)
        rate = f"{each.rate_bp / 100:g} %" if each.rate_bp else "–"
        terms = reverse("books-royalty", args=[each.id]) if each.id else ""
        cells = (
            Text(each.name or who.brand.name, "" if each.id else _("the brand itself"), href),
            Text(rate if each.id else "–", "", terms),
            Amount(each.net_sales_minor, each.currency),
            Amount(each.profit_minor, each.currency, period.link("books-income", **whose)),
            Amount(each.open_minor, each.currency, period.link("books-entries", **whose)),
        )
        table.rows.append(Row(cells))
    for currency in sorted({each.currency for each in found}):
        mine = [each for each in found if each.currency == currency]
        sums = (sum(e.net_sales_minor for e in mine), sum(e.profit_minor for e in mine),
                sum(e.open_minor for e in mine))  # fmt: skip
        head = Text(pgettext("books", "Together"), currency, period.link("books-trial"))
        table.rows.append(Row((head, Text(""), *(Amount(minor, currency) for minor in sums)), strong=True))
    return table


def _pairs(names: Names, pairs: list[PairBooks]) -> Table:
    """What is left out of the consolidated books: payable, receivable, and nothing beside them."""
    columns = (_("Owes"), _("Is owed"), _("In the books of who owes"), _("In the books of who is owed"), _("Left"))
    table = Table(_("Between companies"), columns, [], frozenset({2, 3, 4}))
    for pair in pairs:
        sides = (names.value(BY_COMPANY, str(side) if side else "") for side in (pair.owes, pair.owed))
        figures = (-pair.payable_minor, pair.receivable_minor, pair.difference_minor)
        table.rows.append(Row((*(Text(side) for side in sides), *(Amount(n, pair.currency) for n in figures))))
    return table


@require_safe
@desk(Action.MONEY_VIEW)
def journal(request: HttpRequest, who: Who) -> HttpResponseBase:
    """The journal for Beancount: of one company, of the brand itself, or of all together."""
    _whole(who)
    wanted = request.GET.get("company", "")
    names = {str(c.id) for c in brands.tree(who.brand.id).companies}
    if wanted and wanted != NONE and wanted not in names:
        raise NotFound(_("There is no such company."))
    company = "" if wanted == NONE else wanted or None
    pieces = (piece.encode() for piece in ledger.beancount(who.brand.id, company=company))
    response = StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{who.brand.slug}.beancount"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.MONEY_VIEW, write=Action.MONEY_EDIT)
def royalty(request: HttpRequest, who: Who, company_id: UUID) -> HttpResponse:
    """What a company pays of its net sales, from a day on."""
    _whole(who)
    company = next((c for c in brands.tree(who.brand.id).companies if c.id == company_id), None)
    if company is None:
        raise NotFound(_("There is no such company."))
    history = books.royalties(who.brand.id, company_id)
    typed = {"rate": history[0].percent if history else "", "valid_from": "", "reason": ""}
    errors: dict[str, str] = {}
    if request.method == "POST":
        typed = {key: request.POST.get(key, "").strip() for key in typed}
        try:
            rate, day = _rate(typed["rate"]), _day(typed["valid_from"])
            books.put_royalty(who.brand.id, company_id, rate, day, by=who.staff.username, reason=typed["reason"])
            messages.success(request, _("The royalty holds from %(day)s.") % {"day": day.isoformat()})
            return redirect("books-companies")
        except BadInput as error:
            errors = {problem.field.replace("rate_bp", "rate"): problem.fix for problem in error.problems}
    given = {
        "title": company.name,
        "lead": _("A part of the net sales of each month, posted in both companies' books when the month is over."),
        "history": history,
        "typed": typed,
        "errors": errors,
        "may": who.may(Action.MONEY_EDIT),
        "entries": f"{reverse('books-entries')}?{urlencode({BY_COMPANY: str(company_id)})}",
    }
    return page(request, who, "books/royalty", given, status=422 if errors else 200)


def _rate(text: str) -> int:
    """Percent as it is typed, to hundredths of a percent."""
    whole, _point, part = text.replace("%", "").replace(",", ".").strip().partition(".")
    if not whole.isdecimal() or len(whole) > 3 or (part and not part.isdecimal()) or len(part) > 2:
        raise BadValue("rate", text[:20], _("a percentage such as 5 or 4.25"))
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue("valid_from", text[:40], _("a day such as 2026-11-22")) from None


def _whole(who: Who) -> None:
    if who.stores is not None:
        raise NotAllowed(_("This page is about the whole brand; the entries of your stores are under Entries."))
