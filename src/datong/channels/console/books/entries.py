"""The entries behind a figure, a page at a time, each with the order it is about."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.books.account import statement_link
from datong.channels.console.books.common import Names, filters, period_of, tabs
from datong.channels.console.books.kinds import kind_word
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel.pages import read_cursor, write_cursor
from datong.ledger import api as ledger
from datong.ledger.types import Posted

PAGE = 50
MOST = 50_000
"""Rows of a file."""
START = UUID(int=0)


@require_safe
@desk(Action.MONEY_VIEW)
def entries(request: HttpRequest, who: Who) -> HttpResponse:
    period = period_of(request, who)
    code = request.GET.get("account", "").strip()[:120]
    asked = replace(period.asked, codes=(code,) if code else ())
    limited = who.stores is not None
    names = Names(who, ledger.chart_on(who.brand.id, asked.until))
    if (wanted := request.GET.get("format")) is not None:
        found: list[Posted] = []
        while len(found) < MOST:
            more = ledger.entries(who.brand.id, asked, after=found[-1].transfer.id if found else START, limit=1000)
            found += more
            if len(more) < 1000:
                break
        return download(_table(names, found, limited=limited), wanted, f"{who.brand.slug}-entries-{period.given['to']}")
    after = read_cursor(request.GET.get("after", "")) or START
    found = ledger.entries(who.brand.id, asked, after=after, limit=PAGE + 1)
    older = ""
    if len(found) > PAGE:
        found = found[:PAGE]
        kept = {key: value for key, value in request.GET.items() if key != "after"}
        older = "?" + urlencode({**kept, "after": write_cursor(found[-1].transfer.id)})
    given = {
        "title": _("Entries"),
        "lead": _("Every transfer has both sides; none is ever changed."),
        "tabs": tabs("books-entries"),
        "table": _table(names, found, limited=limited),
        "account": code,
        "older": older,
        **filters(request, period, names, by=False),
    }
    return page(request, who, "books/entries", given)


def _table(names: Names, found: list[Posted], *, limited: bool) -> Table:
    names.learn(str(posted.transfer.subject_id) for posted in found)
    columns = (_("Day"), _("For"), _("Debit"), _("Credit"), _("Order"), _("Amount"))
    table = Table(_("Entries"), columns, [], frozenset({5}))
    for posted in found:
        t = posted.transfer
        number = names.order(t.subject_id)
        about = Text(number, "", reverse("order", args=[number])) if number else Text("–")
        where = " · ".join(names.value(key, value) for key, value in sorted(t.dimensions.items()))
        debit, credit = (names.account(a, "" if limited else statement_link(a)) for a in (t.debit, t.credit))
        day = Text(t.business_date.isoformat())
        table.rows.append(
            Row((day, Text(kind_word(t.kind), where), debit, credit, about, Amount(t.amount_minor, t.debit.currency)))
        )
    return table
