"""Trial balance 试算平衡 and income statement 利润表, by any dimension and period; each figure leads to its entries."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.books import api as books
from datong.channels.console.books.common import (
    NONE,
    Names,
    Period,
    dimension_word,
    filters,
    line_word,
    period_of,
    tabs,
)
from datong.channels.console.books.table import Amount, Cell, Row, Table, Text, download
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.ledger import api as ledger
from datong.ledger.types import AccountKind, Asked, Line, Report, ReportRow

MOST_COLUMNS = 8
"""Values of a dimension side by side; the others are summed up in one column."""
EARNING = (Line.REVENUE, Line.COST, Line.OTHER_INCOME, Line.SELLING, Line.ADMINISTRATION, Line.FINANCE)
INCOME = frozenset({AccountKind.INCOME, AccountKind.EXPENSE})


@require_safe
@desk(Action.MONEY_VIEW)
def trial(request: HttpRequest, who: Who) -> HttpResponse:
    period = period_of(request, who)
    names = Names(who, ledger.chart_on(who.brand.id, period.asked.until))
    found = ledger.report(who.brand.id, period.asked, by=period.by)
    if period.by == "order":
        names.learn(row.value for row in found.rows)
    table = _trial(period, names, found.rows)
    if (wanted := request.GET.get("format")) is not None:
        return download(table, wanted, f"{who.brand.slug}-trial-balance-{period.given['to']}")
    differ = {
        currency: net for currency in {r.account.currency for r in found.rows}
        if (net := sum(r.closing_minor for r in found.rows if r.account.currency == currency))
    }  # fmt: skip
    count = len({(r.account.code, r.account.currency) for r in found.rows})
    lead = ngettext("%(n)s account; debits equal credits.", "%(n)s accounts; debits equal credits.", count)
    narrowed = bool(period.asked.where) or period.asked.stores is not None or found.more
    given = {
        "lead": lead % {"n": number(count)} if not differ or narrowed else _("Debits and credits differ: see doctor."),
        "tabs": tabs("books-trial"),
        "table": table,
        "more": found.more,
        "unmapped": _unmapped(names, found.rows),
        **filters(request, period, names),
    }
    return page(request, who, "books/statement", {"title": _("Trial balance"), **given})


def _trial(period: Period, names: Names, rows: Sequence[ReportRow]) -> Table:
    columns = [_("Account"), pgettext("balance", "Before"), _("Debit"), _("Credit"), pgettext("balance", "After")]
    if period.by:
        columns.insert(1, dimension_word(period.by).capitalize())
    figures = frozenset(range(len(columns) - 4, len(columns)))
    table = Table(_("Trial balance"), tuple(columns), [], figures)
    for row in rows:
        more = {period.by: row.value or NONE} if period.by else {}
        href = period.link("books-entries", account=row.account.code, **more)
        unit = row.account.currency
        cells: list[Cell] = [
            names.account(row.account, href),
            Amount(row.opening_minor, unit),
            Amount(row.debits_minor, unit),
            Amount(row.credits_minor, unit),
            Amount(row.closing_minor, unit),
        ]
        if period.by:
            cells.insert(1, Text(names.value(period.by, row.value)))
        table.rows.append(Row(tuple(cells)))
    for currency in sorted({row.account.currency for row in rows}):
        mine = [row for row in rows if row.account.currency == currency]
        total = [sum(r.opening_minor for r in mine), sum(r.debits_minor for r in mine),
                 sum(r.credits_minor for r in mine), sum(r.closing_minor for r in mine)]  # fmt: skip
        filler: tuple[Cell, ...] = (None,) if period.by else ()
        head: tuple[Cell, ...] = (Text(_("Total %(currency)s") % {"currency": currency}),)
        table.rows.append(Row((*head, *filler, *(Amount(n, currency) for n in total)), strong=True))
    return table


@require_safe
@desk(Action.MONEY_VIEW)
def income(request: HttpRequest, who: Who) -> HttpResponse:
    period = period_of(request, who, by="channel" if "by" not in request.GET else "", also=books.GOODS)
    names = Names(who, ledger.chart_on(who.brand.id, period.asked.until))
    asked = Asked(period.asked.since, period.asked.until, period.asked.stores, period.asked.where,
                  ("income:", "expense:"))  # fmt: skip
    if period.by in books.GOODS:
        found = Report(tuple(books.income_by_goods(who.brand.id, asked, by=period.by)))
    else:
        found = ledger.report(who.brand.id, asked, by=period.by)
    rows = [row for row in found.rows if row.account.kind in INCOME and row.net_minor]
    if period.by == "order":
        names.learn(row.value for row in rows)
    table = _income(who, period, names, rows)
    if (wanted := request.GET.get("format")) is not None:
        return download(table, wanted, f"{who.brand.slug}-income-{period.given['to']}")
    profit = -sum(row.net_minor for row in rows if row.account.currency == who.brand.currency)
    lead = _("Profit %(profit)s") if profit >= 0 else _("Loss %(profit)s")
    given = {
        "lead": lead % {"profit": money(abs(profit), who.brand.currency)},
        "tabs": tabs("books-income"),
        "table": table,
        "more": found.more,
        "unmapped": _unmapped(names, rows),
        **filters(request, period, names, also=books.GOODS),
    }
    return page(request, who, "books/statement", {"title": _("Income statement"), **given})


def _income(who: Who, period: Period, names: Names, rows: Sequence[ReportRow]) -> Table:
    """Lines down, values of the dimension across, the biggest first; gross profit after the cost, profit at the end."""
    weight: dict[str, int] = {}
    for row in rows:
        weight[row.value] = weight.get(row.value, 0) + (row.credits_minor if row.account.kind == "income" else 0)
    values = sorted(weight, key=lambda value: (-weight[value], value)) if period.by else []
    across, others = values[:MOST_COLUMNS], values[MOST_COLUMNS:]
    columns = [_("Account"), *(names.value(period.by, value) for value in across)]
    columns += [_("Others")] if others else []
    columns.append(_("Total"))
    table = Table(_("Income statement"), tuple(columns), [], frozenset(range(1, len(columns))))
    for currency in sorted({row.account.currency for row in rows}, key=lambda c: (c != who.brand.currency, c)):
        mine = [row for row in rows if row.account.currency == currency]
        _lines(period, names, mine, across, others, table, currency)
    return table


def _lines(
    period: Period,
    names: Names,
    rows: Sequence[ReportRow],
    across: Sequence[str],
    others: Sequence[str],
    table: Table,
    currency: str,
) -> None:
    spread = {line: [r for r in rows if (found := names.line(r.account)) and found.line is line] for line in EARNING}
    placed = {id(r) for listed in spread.values() for r in listed}
    rest = [r for r in rows if id(r) not in placed]
    for line in EARNING:
        if spread[line]:
            table.rows.append(Row((Text(line_word(line)),), head=True))
            for account in dict.fromkeys(r.account for r in spread[line]):
                mine = [r for r in spread[line] if r.account == account]
                href = period.link("books-entries", account=account.code)
                cells = _across(period, mine, across, others, currency, account.code)
                table.rows.append(Row((names.account(account, href), *cells)))
        if line is Line.COST:
            so_far = [*spread[Line.REVENUE], *spread[Line.COST]]
            table.rows.append(Row((Text(_("Gross profit")), *_across(period, so_far, across, others, currency)), True))
    if rest:
        table.rows.append(Row((Text(_("Not in the chart of accounts")),), head=True))
        for account in dict.fromkeys(r.account for r in rest):
            mine = [r for r in rest if r.account == account]
            cells = _across(period, mine, across, others, currency, account.code)
            table.rows.append(Row((names.account(account, period.link("books-entries", account=account.code)), *cells)))
    table.rows.append(Row((Text(_("Profit")), *_across(period, rows, across, others, currency)), True))


def _across(
    period: Period,
    rows: Sequence[ReportRow],
    across: Sequence[str],
    others: Sequence[str],
    currency: str,
    code: str = "",
) -> list[Amount]:
    """What these rows come to, credits less debits, in each column; `code`: whose entries a figure leads to."""
    nets: dict[str, int] = {}
    for row in rows:
        nets[row.value] = nets.get(row.value, 0) - row.net_minor
    cells = []
    for value in across:
        led = code and period.by not in books.GOODS  # entries are of orders, not of products
        href = period.link("books-entries", account=code, **{period.by: value or NONE}) if led else ""
        cells.append(Amount(nets.get(value, 0), currency, href if nets.get(value) else ""))
    if others:
        cells.append(Amount(sum(nets.get(value, 0) for value in others), currency))
    return [*cells, Amount(sum(nets.values()), currency)]


def _unmapped(names: Names, rows: Sequence[ReportRow]) -> list[str]:
    return sorted({row.account.code for row in rows if names.line(row.account) is None})
