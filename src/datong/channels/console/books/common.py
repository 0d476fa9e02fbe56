"""What the pages of the books share: their parts, the period asked for, names of accounts and of values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from datong.brand import api as brands
from datong.channels.console.books.table import Text
from datong.channels.console.places import stores_of
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadValue
from datong.ledger import api as ledger
from datong.ledger.types import BY_COMPANY, DIMENSIONS, ORDER, Account, Asked, Chart, ChartLine, Line
from datong.orders import api as orders

SPLIT = tuple(name for name in DIMENSIONS if name != "product")
"""What a statement is split by; products have a page of their own, made from the lines of orders."""


def tabs(here: str) -> list[dict[str, Any]]:
    """The parts of the books."""
    listed = (
        ("books", _("What stands where")),
        ("books-income", _("Income statement")),
        ("books-profit", _("Profit")),
        ("books-trial", _("Trial balance")),
        ("books-companies", pgettext("books", "Companies")),
        ("books-entries", _("Entries")),
        ("books-bills", _("Statements")),
        ("books-chart", _("Chart of accounts")),
        ("books-rules", _("Posting rules")),
        ("books-periods", _("Closing")),
        ("books-holds", pgettext("money", "Holds")),
        ("books-proof", _("Proof")),
    )
    return [{"text": text, "href": reverse(name), "current": name == here} for name, text in listed]


def dimension_word(name: str) -> str:
    return {
        "": _("nothing"),
        "channel": pgettext("dimension", "channel"),
        "store": pgettext("dimension", "store"),
        BY_COMPANY: pgettext("dimension", "company"),
        "product": pgettext("dimension", "product"),
        "category": pgettext("dimension", "category"),
        "merchant": pgettext("dimension", "merchant"),
        "campaign": pgettext("dimension", "campaign"),
        "jurisdiction": pgettext("dimension", "jurisdiction"),
        ORDER: pgettext("dimension", "order"),
    }[name]


def line_word(line: Line) -> str:
    """A line of the balance sheet or income statement."""
    return {
        Line.CASH: _("Cash and cash equivalents"),
        Line.RECEIVABLES: _("Receivables"),
        Line.STOCK: _("Inventories"),
        Line.OTHER_ASSETS: _("Other assets"),
        Line.CONTRACTS: _("Contract liabilities"),
        Line.PAYABLES: _("Payables"),
        Line.TAXES: _("Taxes payable"),
        Line.DEPOSITS: _("Deposits"),
        Line.EQUITY: _("Equity"),
        Line.REVENUE: _("Revenue"),
        Line.OTHER_INCOME: _("Other income"),
        Line.COST: _("Cost of sales"),
        Line.SELLING: _("Selling expenses"),
        Line.ADMINISTRATION: _("Administrative expenses"),
        Line.FINANCE: _("Finance costs"),
        Line.CLEARING: _("Clearing"),
        Line.RIGHTS: _("Points and vouchers in pieces"),
    }[line]


NONE = "none"
"""In an address: entries that do not have the dimension."""


@dataclass(frozen=True, slots=True)
class Period:
    """What a page was asked for: the days, the dimension, one store or channel only."""

    asked: Asked
    by: str
    given: dict[str, str]
    today: date

    def link(self, name: str, **more: str) -> str:
        """The address of another page with the same days."""
        kept = {key: value for key, value in self.given.items() if value and key != "by"}
        return f"{reverse(name)}?{urlencode({**kept, **more})}"


def period_of(request: HttpRequest, who: Who, *, by: str = "", also: tuple[str, ...] = ()) -> Period:
    """Days from the address (this month where it says none), narrowed to the stores of the reader."""
    today = ledger.rulebook(who.brand.id).business_date(clock.now())
    since = _day(request, "from") or today.replace(day=1)
    until = _day(request, "to") or today
    if until < since:
        raise BadValue("to", until.isoformat(), _("a day after the first one"))
    chosen = request.GET.get("by", by)
    if chosen and chosen not in (*DIMENSIONS, *also):
        raise BadValue("by", chosen, ", ".join((*DIMENSIONS, *also)))
    given = {name: request.GET.get(name, "")[:80] for name in DIMENSIONS}
    where = {name: "" if value == NONE else value for name, value in given.items() if value and value != "all"}
    stores = None if who.stores is None else tuple(sorted(who.stores))
    asked = Asked(since, until, stores, where)
    given |= {"from": since.isoformat(), "to": until.isoformat(), "by": chosen}
    return Period(asked, chosen, given, today)


def _day(request: HttpRequest, name: str) -> date | None:
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadValue(name, text[:40], _("a day such as 2026-11-22")) from None


def chips(request: HttpRequest, given: dict[str, str], today: date) -> list[dict[str, Any]]:
    """Periods people ask for."""
    month = today.replace(day=1)
    last = (month - timedelta(days=1)).replace(day=1)
    listed = (
        (_("Today"), today, today),
        (_("Yesterday"), today - timedelta(days=1), today - timedelta(days=1)),
        (_("This month"), month, today),
        (_("Last month"), last, month - timedelta(days=1)),
        (_("This year"), today.replace(month=1, day=1), today),
    )
    kept = {key: request.GET[key] for key in ("by", "store", "channel") if request.GET.get(key)}
    return [
        {
            "text": text,
            "href": "?" + urlencode({**kept, "from": since.isoformat(), "to": until.isoformat()}),
            "current": (given["from"], given["to"]) == (since.isoformat(), until.isoformat()),
        }
        for text, since, until in listed
    ]


class Names:
    """What the values of dimensions and the accounts are called, each read once a page."""

    def __init__(self, who: Who, chart: Chart) -> None:
        self._who, self.chart = who, chart
        self._channels = {str(c.id): c.name for c in brands.list_channels(who.brand.id)}
        self.stores = {str(s.id): s.name for s in stores_of(who)}
        self.companies = {str(c.id): c.name for c in brands.tree(who.brand.id).companies}
        self._orders: dict[str, str] = {}

    def learn(self, values: Iterable[str]) -> None:
        """Read the numbers of these orders."""
        ids = []
        for value in values:
            try:
                ids.append(UUID(value))
            except ValueError:
                continue
        found = orders.origins(self._who.brand.id, ids) if ids else {}
        self._orders |= {str(order): origin.number for order, origin in found.items()}

    def value(self, dimension: str, value: str) -> str:
        if not value and dimension in ("product", "category"):
            return _("of no product")
        if not value:
            return _("the brand itself") if dimension == BY_COMPANY else _("not said")
        known = {"channel": self._channels, "store": self.stores, BY_COMPANY: self.companies, ORDER: self._orders}.get(
            dimension, {}
        )
        return known.get(value, value)

    def order(self, subject: UUID) -> str:
        """An order's number; '' for what is not about an order."""
        return self._orders.get(str(subject), "")

    def line(self, account: Account) -> ChartLine | None:
        return ledger.line_of(self.chart, account.code)

    def account(self, account: Account, href: str = "") -> Text:
        """An account as the chart calls it, its code under it; one that nothing maps is said to be so."""
        line = self.line(account)
        if line is None:
            return Text(account.code, _("not in the chart of accounts"), href)
        return Text(f"{line.number} {name_of(line)}", account.code, href)


def name_of(line: ChartLine) -> str:
    return line.name_zh if (get_language() or "").startswith("zh") else line.name


def filters(
    request: HttpRequest, period: Period, names: Names, *, by: bool = True, also: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The form over a report; `also`: what else it may be split by."""
    companies = [("all", _("All companies together")), (NONE, _("the brand itself")), *names.companies.items()]
    stores = [("all", _("All stores")), *sorted(names.stores.items(), key=lambda s: s[1])]
    return {
        "given": period.given,
        "chips": chips(request, period.given, period.today),
        "dimensions": [("", dimension_word("")), *((d, dimension_word(d)) for d in (*SPLIT, *also))] if by else [],
        "stores": stores[:500] if len(stores) > 2 else [],
        "companies": companies[:500] if names.companies else [],
    }
