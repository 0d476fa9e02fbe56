"""A partner's statement 对账单: what came and where it stands, to be exported, contested and answered."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.partners.common import cursor_of, kind_word, line_badge, partner_of
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.kernel.errors import BadInput, BadValue, Conflict
from datong.merchants import api as merchants
from datong.merchants.types import Line, LineState, Statement
from datong.orders.api import origins

PAGE = 50
MOST = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.PARTNERS_VIEW, write=Action.PARTNERS_CONTEST)
def statement(request: HttpRequest, who: Who, company_id: UUID) -> HttpResponse:
    """POST contests a line, or answers one that was contested."""
    found = partner_of(who, company_id)
    error, typed = "", ""
    if request.method == "POST":
        try:
            _act(request, who, company_id)
            return redirect(request.get_full_path())
        except (BadInput, Conflict) as wrong:
            error, typed = "; ".join(p.fix for p in wrong.problems) or str(wrong), request.POST.get("words", "")
    since, until = _days(request, who)
    currency = found.now.terms.currency if found.now else who.brand.currency
    if (wanted := request.GET.get("format")) is not None:
        table = _table(who, company_id, currency, since, until)
        return download(table, wanted, f"statement-{company_id.hex[-6:]}-{until.isoformat()}")
    after = cursor_of(request) or UUID(int=0)
    told = merchants.statement(who.brand.id, company_id, currency, since, until, after=after, limit=PAGE)
    orders = origins(who.brand.id, [line.entry.subject_id for line in told.lines])
    stores = {store.id: store.code for store in stores_of(who)}
    given = {
        "p": found,
        "s": told,
        "lead": _lead(told),
        "since": since.isoformat(),
        "until": until.isoformat(),
        "sums": [{"word": kind_word(each.kind), "it": each} for each in told.sums],
        "rows": [_row(line, company_id, orders, stores, request) for line in told.lines],
        "older": "?" + urlencode({"from": since, "to": until, "after": told.next}) if told.next else "",
        "may_contest": who.may(Action.PARTNERS_CONTEST),
        "may_answer": who.may(Action.PARTNERS_EDIT),
        "error": error,
        "typed": typed,
        "wrong": request.POST.get("line", "") if error else "",
    }
    return page(request, who, "partners/statement", given, status=422 if error else 200)


def _act(request: HttpRequest, who: Who, company_id: UUID) -> None:
    by, brand, words = who.staff.username, who.brand.id, request.POST.get("words", "")
    if request.POST.get("do") == "contest":
        merchants.contest(_id(request.POST.get("line", "")), brand=brand, by=by, reason=words, company_id=company_id)
        messages.success(request, _("Contested: no settlement takes this line until it is answered."))
        return
    require(who, Action.PARTNERS_EDIT)
    stands = request.POST.get("do") == "stands"
    merchants.answer(_id(request.POST.get("dispute", "")), brand=brand, by=by, stands=stands, words=words)
    messages.success(request, _("Answered: the line stands.") if stands else _("Answered: the line is taken back."))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise BadValue("line", text[:40], _("one of those on the page")) from None


def _days(request: HttpRequest, who: Who) -> tuple[date, date]:
    """The days asked for, else the month so far; a text that is no day counts as none."""
    today = merchants.today(who.brand.id)

    def read(name: str, usual: date) -> date:
        try:
            return date.fromisoformat(request.GET.get(name, ""))
        except ValueError:
            return usual

    until = read("to", today)
    since = read("from", until.replace(day=1))
    return min(since, until), until


def _lead(told: Statement) -> str:
    amount = money(abs(told.closing_minor), told.currency)
    if told.closing_minor > 0:
        return _("The brand owes this partner %(amount)s.") % {"amount": amount}
    if told.closing_minor < 0:
        return _("This partner owes the brand %(amount)s.") % {"amount": amount}
    return _("Nothing is open between this partner and the brand.")


def _row(line: Line, company: UUID, orders: Any, stores: dict[UUID, str], request: HttpRequest) -> dict[str, Any]:
    entry = line.entry
    word, hue = line_badge(line.state)
    return {
        "e": entry,
        "net": _net(line, company),
        "word": word,
        "hue": hue,
        "kind": kind_word(entry.kind, entry.words),
        "order": orders[entry.subject_id].number if entry.subject_id in orders else "",
        "store": stores.get(entry.store_id, "") if entry.store_id else "",
        "points": number(entry.points) if entry.points else "",
        "dispute": line.dispute,
        "open": line.state is LineState.CONTESTED,
    }


def _net(line: Line, company: UUID) -> int:
    return -line.entry.net_minor if line.entry.counter_id == company else line.entry.net_minor


def _table(who: Who, company_id: UUID, currency: str, since: date, until: date) -> Table:
    """The statement as a file: what stood before, every line, what was settled, what stands."""
    columns = (_("What"), _("Day"), _("Order"), _("Store"), _("State"), _("Points"), _("Amount"))
    table = Table(_("Statement"), columns, [], frozenset({6}))
    stores = {store.id: store.code for store in stores_of(who)}
    after, told = UUID(int=0), None
    while told is None or (told.next and len(table.rows) < MOST):
        told = merchants.statement(who.brand.id, company_id, currency, since, until, after=after, limit=500)
        after = told.next or after
        if not table.rows:
            table.rows.append(_sum(_("Open before"), told.opening_minor, currency))
        orders = origins(who.brand.id, [line.entry.subject_id for line in told.lines])
        for line in told.lines:
            e = line.entry
            number_ = orders[e.subject_id].number if e.subject_id in orders else ""
            cells = (kind_word(e.kind, e.words), e.day.isoformat(), number_, stores.get(e.store_id or e.id, ""),
                     line_badge(line.state)[0], str(e.points or ""))  # fmt: skip
            table.rows.append(Row((*(Text(cell) for cell in cells), Amount(_net(line, company_id), currency))))
    table.rows.append(_sum(_("Settled"), -told.settled_minor, currency))
    table.rows.append(_sum(_("Open at the end"), told.closing_minor, currency))
    return table


def _sum(word: str, minor: int, currency: str) -> Row:
    return Row((Text(word), *[None] * 5, Amount(minor, currency)), strong=True)
