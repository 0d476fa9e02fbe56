"""What stands where: receivables, cash at stores, liabilities, what clearing still holds."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.books.types import POSITIONS, Position
from datong.channels.console.books.common import NONE, Names, period_of, tabs
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.ledger import api as ledger
from datong.ledger.types import AccountKind, Asked, Line, ReportRow, shown


@require_safe
@desk(Action.MONEY_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    period = period_of(request, who)
    until = date.fromisoformat(period.given["to"]) if request.GET.get("to") else period.today
    names = Names(who, ledger.chart_on(who.brand.id, until))
    asked = Asked(None, until, period.asked.stores)
    rows = [r for r in ledger.report(who.brand.id, asked, by="store").rows if r.closing_minor]
    tables = [_part(who, names, key, lines, rows, until) for key, lines in POSITIONS.items()]
    tables = [table for table in tables if table.rows]
    if (wanted := request.GET.get("format")) is not None:
        return download(_together(tables), wanted, f"{who.brand.slug}-positions-{until.isoformat()}")
    ours = {key: _total(names, lines, rows, who.brand.currency) for key, lines in POSITIONS.items()}
    given: dict[str, Any] = {
        "lead": _("Owed to us %(owed)s, at hand %(cash)s, owed by us %(debts)s.")
        % {
            "owed": money(ours[Position.RECEIVABLES], who.brand.currency),
            "cash": money(ours[Position.CASH], who.brand.currency),
            "debts": money(-ours[Position.LIABILITIES], who.brand.currency),
        },
        "tabs": tabs("books"),
        "tables": tables,
        "until": until.isoformat(),
        "uncleared": _uncleared(names, who) if who.stores is None else None,
        "unmapped": sorted({r.account.code for r in rows if names.line(r.account) is None}),
    }
    return page(request, who, "books/overview", given)


def _total(names: Names, lines: frozenset[Line], rows: list[ReportRow], currency: str) -> int:
    mine = [r for r in rows if r.account.currency == currency]
    return sum(r.closing_minor for r in mine if (line := names.line(r.account)) and line.line in lines)


def _part(who: Who, names: Names, key: str, lines: frozenset[Line], rows: list[ReportRow], until: date) -> Table:
    """One section: each account, and the cash of each store by itself."""
    titles = {
        "receivables": _("Owed to us, by channel and provider"),
        "cash": _("At hand: cash at stores, providers, bank"),
        "liabilities": _("Owed by us"),
        "rights": _("Points and vouchers in pieces"),
        "clearing": _("Clearing: comes back to zero"),
    }
    by_store = key == "cash"
    figures: dict[tuple[str, str, str], int] = {}
    accounts = {}
    for row in rows:
        line = names.line(row.account)
        if line is None or line.line not in lines:
            continue
        apart = row.value if by_store and row.account.code.startswith("asset:till:") else ""
        grouped = row.account.code if not row.account.code.startswith("liability:purse:") else line.number
        at = grouped, row.account.currency, apart
        figures[at] = figures.get(at, 0) + row.closing_minor
        accounts[at] = row.account
    table = Table(titles[key], (_("Account"), _("Store"), _("Balance")) if by_store else (_("Account"), _("Balance")),
                  [], frozenset({2 if by_store else 1}))  # fmt: skip
    for at, minor in sorted(figures.items()):
        account = accounts[at]
        purse = account.code.startswith("liability:purse:")
        code = "liability:purse:" if purse else account.code
        href = period_link(until, code, at[2] if by_store and at[2] else "")
        head = names.account(account)
        head = Text(head.text, "" if purse else head.sub, href)
        cells: tuple[Any, ...] = (head, Amount(shown(account, minor), account.currency, href))
        if by_store:
            where = names.value("store", at[2]) if at[2] or account.code.startswith("asset:till:") else "–"
            cells = (head, Text(where), cells[1])
        if minor or account.kind is AccountKind.CLEARING:
            table.rows.append(Row(cells))
    return table


def period_link(until: date, code: str, store: str = "") -> str:
    """The entries of an account up to a day."""
    asked = {"from": "2000-01-01", "to": until.isoformat(), "account": code}
    return f"{reverse('books-entries')}?{urlencode({**asked, **({'store': store or NONE} if store else {})})}"


def _uncleared(names: Names, who: Who) -> Table:
    """What a clearing account still holds today, by subject, the oldest first."""
    found = ledger.uncleared(who.brand.id)
    names.learn(str(each.subject_id) for each in found)
    columns = (_("Account"), _("Since"), _("Order"), _("Balance"))
    table = Table(_("Not cleared yet"), columns, [], frozenset({3}))
    for each in found:
        number = names.order(each.subject_id)
        about = Text(number, "", reverse("order", args=[number])) if number else Text(str(each.subject_id))
        amount = Amount(each.net_minor, each.account.currency)
        table.rows.append(Row((names.account(each.account), Text(each.since.isoformat()), about, amount)))
    return table


def _together(tables: list[Table]) -> Table:
    """All sections as one sheet."""
    made = Table(_("What stands where"), (_("Section"), _("Account"), _("Store"), _("Balance")), [], frozenset({3}))
    for table in tables:
        for row in table.rows:
            store = row.cells[1] if len(row.cells) == 3 else None
            made.rows.append(Row((Text(table.title), row.cells[0], store, row.cells[-1])))
    return made
