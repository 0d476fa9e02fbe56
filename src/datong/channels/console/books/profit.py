"""Profit by channel, store and product: sales less the cost that is known, less what channels and payment cost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.books import api as books
from datong.books.types import Margin
from datong.channels.console.books.common import Names, Period, dimension_word, filters, period_of, tabs
from datong.channels.console.books.table import Amount, Cell, Row, Table, Text, download
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money, percent
from datong.kernel.errors import BadValue
from datong.ledger import api as ledger
from datong.ledger.types import Asked

BY = ("channel", "store", "product")


@require_safe
@desk(Action.MONEY_VIEW)
def profit(request: HttpRequest, who: Who) -> HttpResponse:
    period = period_of(request, who, by="channel")
    if period.by not in BY:
        raise BadValue("by", period.by, ", ".join(BY))
    names = Names(who, ledger.chart_on(who.brand.id, period.asked.until))
    since, until = period.asked.since, period.asked.until
    assert since and until
    found = books.margins(who.brand.id, since, until, by=period.by, stores=who.stores)
    costs = _costs(who, period) if period.by != "product" else {}
    table = _table(period, names, found, costs)
    if (wanted := request.GET.get("format")) is not None:
        return download(table, wanted, f"{who.brand.slug}-profit-{period.by}-{period.given['to']}")
    own = [m for m in found if m.currency == who.brand.currency]
    margin, revenue = sum(m.margin_minor for m in own), sum(m.known_minor for m in own)
    lead = _("No goods were handed over in these days.")
    if found and not revenue:
        lead = _("No cost is known of what was sold; it comes with receipts, or load it into the stock.")
    elif found:
        lead = _("Margin %(margin)s, %(share)s of sales whose cost is known.") % {
            "margin": money(margin, who.brand.currency),
            "share": percent(margin / revenue),
        }
    given = {"title": _("Profit"), "lead": lead, "tabs": tabs("books-profit"), "table": table,
             **filters(request, period, names)}  # fmt: skip
    given |= {"dimensions": [(name, dimension_word(name)) for name in BY], "stores": []}
    return page(request, who, "books/statement", given)


def _costs(who: Who, period: Period) -> dict[tuple[str, str], int]:
    """What channels, subsidies and payment cost, and what was given back, by value and currency."""
    asked = Asked(period.asked.since, period.asked.until, period.asked.stores, {}, ("expense:", "income:refunds"))
    found: dict[tuple[str, str], int] = {}
    for row in ledger.report(who.brand.id, asked, by=period.by).rows:
        at = row.value, row.account.currency
        found[at] = found.get(at, 0) + row.net_minor
    return found


def _table(period: Period, names: Names, found: list[Margin], costs: dict[tuple[str, str], int]) -> Table:
    """A row a value; the last column is what is left."""
    whole = period.by != "product"
    columns = [dimension_word(period.by).capitalize(), _("Sales"), _("Cost"), _("Cost not known of"), _("Margin")]
    columns += [_("Channel, payment, refunds"), _("Left over")] if whole else []
    table = Table(_("Profit"), tuple(columns), [], frozenset(range(1, len(columns))))
    sold = {(m.value, m.currency): m for m in found}
    for at in [*sold, *(each for each in costs if each not in sold and costs[each])]:
        m = sold.get(at, Margin(at[0], at[1], 0, 0, 0, 0))
        unknown = m.revenue_minor - m.known_minor
        href = period.link("books-entries", **{period.by: at[0]}) if whole and at[0] else ""
        share = percent(m.margin_minor / m.known_minor) if m.known_minor else ""
        cells: list[Cell] = [
            Text(names.value(period.by, at[0]), share, href),
            Amount(m.revenue_minor, at[1]),
            Amount(m.cost_minor, at[1]),
            Amount(unknown, at[1]),
            Amount(m.margin_minor, at[1]),
        ]
        if whole:
            spent = costs.get(at, 0)
            cells += [Amount(spent, at[1]), Amount(m.revenue_minor - m.cost_minor - spent, at[1])]
        table.rows.append(Row(tuple(cells)))
    return table
