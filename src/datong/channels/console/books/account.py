"""The statement of one account 账户明细: where it stood, each entry with the balance after it, where it stands."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.books.common import Names, filters, period_of, tabs
from datong.channels.console.books.kinds import kind_word
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.kernel.errors import NotAllowed, NotFound
from datong.ledger import api as ledger
from datong.ledger.types import Account, Entered, Statement

PAGE = 50
MOST = 50_000
"""Rows of a file."""


def statement_link(account: Account) -> str:
    return f"{reverse('books-account')}?{urlencode({'account': account.code, 'currency': account.currency})}"


@require_safe
@desk(Action.MONEY_VIEW)
def account(request: HttpRequest, who: Who) -> HttpResponse:
    if who.stores is not None:
        raise NotAllowed(_("An account is the whole brand's; the entries of your stores are under Entries."))
    period = period_of(request, who)
    wanted = Account(request.GET.get("account", "").strip()[:120], request.GET.get("currency", "").strip()[:3])
    if not ledger.accounts(who.brand.id, wanted.code, exactly=True):
        raise NotFound(_("There is no such account in the books."))
    names = Names(who, ledger.chart_on(who.brand.id, period.asked.until))
    since, until = period.asked.since, date.fromisoformat(period.given["to"])
    if (form := request.GET.get("format")) is not None:
        found = ledger.statement(who.brand.id, wanted, since=since, until=until, limit=1000)
        lines = list(found.lines)
        while found.next and len(lines) < MOST:
            found = ledger.statement(who.brand.id, wanted, since=since, until=until, cursor=found.next, limit=1000)
            lines += found.lines
        return download(_table(names, found, lines), form, f"{who.brand.slug}-statement-{until.isoformat()}")
    cursor = request.GET.get("cursor", "")[:120]
    found = ledger.statement(who.brand.id, wanted, since=since, until=until, cursor=cursor, limit=PAGE)
    older = "?" + urlencode({**request.GET.dict(), "cursor": found.next}) if found.next else ""
    head = names.account(wanted)
    given = {
        "title": head.text,
        "lead": _("%(opening)s before these days, %(closing)s after them.")
        % {
            "opening": money(found.opening_minor, wanted.currency),
            "closing": money(found.closing_minor, wanted.currency),
        },
        "tabs": tabs("books-entries"),
        "table": _table(names, found, list(found.lines)),
        "account": wanted.code,
        "currency": wanted.currency,
        "older": older,
        **filters(request, period, names, by=False),
        "stores": [],
    }
    return page(request, who, "books/account", given)


def _table(names: Names, found: Statement, lines: list[Entered]) -> Table:
    names.learn(str(line.posted.transfer.subject_id) for line in lines)
    columns = (_("Day"), _("For"), _("Other account"), _("Order"), _("Change"), _("Balance"))
    table = Table(_("Statement"), columns, [], frozenset({4, 5}))
    currency = found.account.currency
    for line in lines:
        t = line.posted.transfer
        number = names.order(t.subject_id)
        about = Text(number, "", reverse("order", args=[number])) if number else Text("–")
        where = " · ".join(names.value(key, value) for key, value in sorted(t.dimensions.items()))
        other = names.account(line.other, statement_link(line.other))
        cells = (Text(t.business_date.isoformat()), Text(kind_word(t.kind), where), other, about)
        table.rows.append(Row((*cells, Amount(line.change_minor, currency), Amount(line.balance_minor, currency))))
    return table
