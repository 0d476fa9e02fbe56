"""Whose sales they are, by store and by member of staff, each figure with the orders it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.channels.console.books.table import Amount, Row, Table, Text, download
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design.formats import money
from datong.kernel import clock
from datong.ledger.api import rulebook
from datong.orders import api as orders
from datong.orders.types.credit import CreditRole, CreditSum

PAGE = 50
FILE_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Asked:
    """The days, and whose: all stores this person sees, one of them, one member of staff."""

    since: date
    until: date
    stores: frozenset[UUID] | None
    store: str
    associate: str
    before: UUID | None


@require_safe
@desk(Action.CREDIT_VIEW)
def overview(request: HttpRequest, who: Who) -> HttpResponse:
    asked = _asked(request, who)
    names = {one.id: one.name for one in stores_of(who)}
    codes = {one.id: one.code for one in stores_of(who)}
    wanted = request.GET.get("format")
    lines = orders.credit_lines(
        who.brand.id, asked.since, asked.until, stores=asked.stores, associate=asked.associate, before=asked.before,
        limit=FILE_ROWS if wanted else PAGE,
    )  # fmt: skip
    if wanted is not None:
        return download(_table(lines, names), wanted, f"credit-{asked.since.isoformat()}")
    by_store = orders.credit_sums(who.brand.id, asked.since, asked.until, stores=asked.stores)
    by_staff = orders.credit_sums(who.brand.id, asked.since, asked.until, stores=asked.stores, by_staff=True)
    days = {"from": asked.since.isoformat(), "to": asked.until.isoformat()}
    given = {
        "lead": _lead(by_store),
        "stores": [
            {"s": one, "name": names.get(one.store_id, "") if one.store_id else _("no store: our own shop"),
             "href": f"?{urlencode({**days, 'store': codes.get(one.store_id, '') if one.store_id else ''})}"}
            for one in by_store
        ],
        "staff": [
            {"s": one, "store": names.get(one.store_id, "") if one.store_id else "",
             "href": f"?{urlencode({**days, 'staff': one.associate})}"}
            for one in by_staff
        ],
        "lines": [
            {"l": line, "role": role_word(line.role),
             "who": line.associate or (names.get(line.store_id, "") if line.store_id else _("no store: our own shop"))}
            for line in lines
        ],
        "since": days["from"],
        "until": days["to"],
        "choices": [("", _("All stores")), *((one.code, one.name) for one in stores_of(who)[:2000])],
        "store": asked.store,
        "associate": asked.associate,
        "older": f"?{urlencode({**days, 'store': asked.store, 'staff': asked.associate, 'before': lines[-1].id})}"
        if len(lines) == PAGE else "",
        "may_rule": who.may(Action.CREDIT_EDIT),
    }  # fmt: skip
    return page(request, who, "credit/overview", given)


def _asked(request: HttpRequest, who: Who) -> Asked:
    today = rulebook(who.brand.id).business_date(clock.now())
    since, until = _day(request.GET.get("from", ""), today), _day(request.GET.get("to", ""), today)
    store = request.GET.get("store", "")[:40]
    stores = who.stores
    if store:
        stores = frozenset(one.id for one in stores_of(who) if one.code == store)
    try:
        before = UUID(request.GET.get("before", ""))
    except ValueError:
        before = None
    since = max(min(since, until), until - timedelta(days=366))
    return Asked(since, until, stores, store, request.GET.get("staff", "")[:120], before)


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today


def role_word(role: CreditRole) -> str:
    return {
        CreditRole.SELLING: _("sold it"),
        CreditRole.FULFILLING: _("served it"),
        CreditRole.ASSOCIATE: _("staff"),
    }[role]


def _lead(sums: list[CreditSum]) -> str:
    if not sums:
        return _("No sale is credited in these days yet.")
    totals: dict[str, int] = {}
    for one in sums:
        totals[one.currency] = totals.get(one.currency, 0) + one.total_minor
    said = ", ".join(money(minor, currency) for currency, minor in totals.items())
    return _("%(sum)s of sales are credited in these days.") % {"sum": said}


def _table(lines: list[Any], names: dict[UUID, str]) -> Table:
    columns = (_("Order"), _("Day"), _("Role"), _("Store"), _("Staff"), _("Credit"))
    table = Table(_("Sales credit"), columns, numbers=frozenset({5}))
    for line in lines:
        store = names.get(line.store_id, "") if line.store_id else ""
        texts = (line.number, line.day.isoformat(), role_word(line.role), store, line.associate)
        table.rows.append(Row((*(Text(text) for text in texts), Amount(line.amount_minor, line.currency))))
    return table
