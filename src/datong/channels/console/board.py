"""The order board: every channel in one list, filters in the address, new orders announced and not pushed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Channel, Store
from datong.channels.console import splitorder, words
from datong.channels.console.contacts import name_for, narrowed
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.customers import api as customers
from datong.kernel import clock
from datong.kernel.errors import BadValue
from datong.ledger.api import rulebook
from datong.orders import api as orders
from datong.orders.api import BoardFilter, BoardRow
from datong.orders.types import ExceptionKind, OrderState

MOST_NEW = 99
COLUMNS = ("channel", "customer", "store", "fulfilment", "payment", "promised", "placed", "units", "total")
SHOWN = ("channel", "customer", "store", "fulfilment", "placed", "total")
HAND = "hand"


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, for one page."""

    channels: dict[UUID, Channel]
    stores: dict[UUID, Store]
    who: Who

    @classmethod
    def of(cls, who: Who) -> Names:
        channels = {channel.id: channel for channel in brands.list_channels(who.brand.id)}
        return cls(channels, {s.id: s for s in stores_of(who)}, who)

    def channel(self, code: str) -> Channel | None:
        return next((c for c in self.channels.values() if c.code == code), None)

    def store(self, code: str) -> Store | None:
        return next((s for s in self.stores.values() if s.code == code), None)


@require_safe
@desk(Action.ORDERS_VIEW)
def board(request: HttpRequest, who: Who) -> HttpResponse:
    """`/`: a page of orders and the sentence that answers what people come with."""
    names = Names.of(who)
    wanted = filter_of(request.GET, who, names)
    found = orders.board(who.brand.id, wanted)
    today = orders.summary(who.brand.id, day_began(who.brand.id), wanted.stores, hidden=wanted.hidden)
    columns = columns_of(request)
    given = {
        "rows": rows_of(found.rows, names),
        "today": today,
        "lead": sentence(today),
        "chips": chips(request.GET, names),
        "tabs": tabs(request.GET, today),
        "names": names,
        "wanted": wanted,
        "params": request.GET,
        "query": _query(request.GET),
        "columns": columns,
        "choices": [(code, label, code in columns) for code, label in column_words().items()],
        "states": [("", _("Any state")), *((s.value, words.ORDER_STATE[s]) for s in OrderState)],
        "exceptions": [("", _("Any")), *((e.value, words.EXCEPTION[e]) for e in ExceptionKind)],
        "density": "dense" if request.COOKIES.get("density") == "dense" else "",
        "newest": found.rows[0].id if found.rows and not wanted.before else None,
        "older": edge(request.GET, "before", found.rows[-1].id) if found.rows and (found.more or wanted.after) else "",
        "newer": edge(request.GET, "after", found.rows[0].id) if found.rows and (wanted.before or wanted.after) else "",
        "may_act": who.stores is None and who.may(Action.ORDERS_ACT),
        "empty": not found.rows and not any(request.GET.values()),
    }
    return page(request, who, "board", given)


@require_safe
@desk(Action.ORDERS_VIEW)
def news(request: HttpRequest, who: Who) -> HttpResponse:
    """How many orders came since the newest on the page, by the same filters: a pill, or nothing."""
    names = Names.of(who)
    wanted = replace(filter_of(request.GET, who, names), before=None, limit=MOST_NEW)
    found = orders.board(who.brand.id, wanted) if wanted.after else None
    count = len(found.rows) if found else 0
    text = f"{MOST_NEW}+" if found and found.more else number(count)
    return render(request, "console/_news.html", {"count": count, "text": text, "query": _query(request.GET)})


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def bulk(request: HttpRequest, who: Who) -> HttpResponse:
    """Look again for a store for the chosen orders."""
    require(who, Action.ORDERS_ACT)
    chosen = [_uuid("id", value) for value in request.POST.getlist("id")[:200]]
    ids = [order_id for order_id in chosen if order_id]
    if ids:
        served = orders.resource(ids, brand=who.brand.id, actor=who.staff.username, why="asked for on the board")
        done, waiting = sum(served.values()), len(ids) - sum(served.values())
        messages.success(
            request,
            _("%(done)s got a store, %(waiting)s still wait.") % {"done": number(done), "waiting": number(waiting)},
        )
    return redirect(reverse("board") + ("?" + request.POST["query"] if request.POST.get("query") else ""))


@require_POST
@desk(Action.ORDERS_VIEW)
def columns(request: HttpRequest, who: Who) -> HttpResponse:
    """Which columns to show, kept in this browser."""
    chosen = [code for code in COLUMNS if code in request.POST.getlist("column")]
    response = redirect(reverse("board") + ("?" + request.POST["query"] if request.POST.get("query") else ""))
    response.set_cookie("board_columns", ".".join(chosen), max_age=365 * 24 * 3600, samesite="Lax")
    return response


def filter_of(params: QueryDict, who: Who, names: Names) -> BoardFilter:
    """The filter an address asks for; what it names and nobody knows finds nothing rather than everything."""
    nowhere = UUID(int=0)
    channel, store = names.channel(params.get("channel", "")), names.store(params.get("store", ""))
    state = params.get("state", "")
    return BoardFilter(
        channel_id=(channel.id if channel else nowhere) if params.get("channel") else None,
        store_id=(store.id if store else nowhere) if params.get("store") else None,
        **narrowed(who),
        customer_id=_uuid("customer", params.get("customer", "")),
        state=state if state != HAND else "",
        needs_hand=state == HAND,
        exception=params.get("exception", ""),
        text=params.get("q", "").strip()[:80],
        since=_day(params.get("from", "")),
        until=_day(params.get("to", ""), after=True),
        before=_uuid("before", params.get("before", "")),
        after=_uuid("after", params.get("after", "")),
    )


def rows_of(found: Sequence[BoardRow], names: Names) -> list[dict[str, Any]]:
    """Rows in words, with what is split marked."""
    marked = splitorder.marks(names.who, [row.id for row in found])
    called = callers(names.who, found)
    return [row_of(row, names, called) | {"split": marked.get(row.id, "")} for row in found]


def callers(who: Who, found: Sequence[BoardRow]) -> dict[UUID, str]:
    """How the customers of these orders are called, as everywhere (the golden record)."""
    return customers.golden_names(who.brand.id, {row.customer_id for row in found if row.customer_id})


def row_of(row: BoardRow, names: Names, called: Mapping[UUID, str]) -> dict[str, Any]:
    """A row in words; an order of a guest, or of somebody without a name, bears the name written on it."""
    known = called.get(row.customer_id, "") if row.customer_id else ""
    channel, store = names.channels.get(row.channel_id), names.stores.get(row.store_id) if row.store_id else None
    return {
        "order": row,
        "channel": channel.name if channel else "",
        "channel_icon": words.CHANNEL_ICON[channel.kind] if channel else "plug",
        "store": store,
        "customer": name_for(names.who, known or row.contact_name, row.store_id),
        "state": words.word(words.ORDER_STATE, row.state),
        "hue": words.ORDER_HUE.get(row.state, ""),
        "fulfilment": words.word(words.FULFILMENT, row.fulfilment),
        "payment": words.word(words.PAYMENT, row.payment),
        "late": bool(row.promised_at and row.promised_at < clock.now() and row.state in ("backorder", "review")),
    }


def sentence(today: orders.Summary) -> str:
    """'214 orders today, 3 need a hand'."""
    taken = ngettext("%(n)s order today", "%(n)s orders today", today.orders) % {"n": number(today.orders)}
    if not today.need_hand:
        return _("%(taken)s, none needs a hand") % {"taken": taken}
    hands = ngettext("%(n)s needs a hand", "%(n)s need a hand", today.need_hand) % {"n": number(today.need_hand)}
    return _("%(taken)s, %(hands)s") % {"taken": taken, "hands": hands}


def tabs(params: QueryDict, today: orders.Summary) -> list[dict[str, Any]]:
    state = params.get("state", "")
    wanted = (
        ("", _("All"), ""),
        (HAND, _("Need a hand"), number(today.need_hand)),
        (OrderState.BACKORDER.value, _("Waiting for stock"), number(today.waiting)),
    )
    return [
        {"text": text, "href": changed(params, state=code), "current": state == code, "count": count}
        for code, text, count in wanted
    ]


def chips(params: QueryDict, names: Names) -> list[dict[str, str]]:
    """The filters in force, each with the address that takes it off."""
    channel, store = names.channel(params.get("channel", "")), names.store(params.get("store", ""))
    state, exception = params.get("state", ""), params.get("exception", "")
    said = {
        "q": (_("Search"), params.get("q", "").strip()),
        "channel": (_("Channel"), channel.name if channel else params.get("channel", "")),
        "state": (_("State"), "" if state == HAND else str(words.word(words.ORDER_STATE, state))),
        "store": (_("Store"), store.name if store else params.get("store", "")),
        "exception": (_("Exception"), str(words.word(words.EXCEPTION, exception))),
        "customer": (_("Customer"), _("one customer") if params.get("customer") else ""),
        "from": (_("From"), params.get("from", "")),
        "to": (_("To"), params.get("to", "")),
    }
    return [
        {"name": name, "text": text, "remove": changed(params, **{key: ""})}
        for key, (name, text) in said.items()
        if text
    ]


def changed(params: QueryDict, **changes: str) -> str:
    """The board's address with some filters changed and the paging begun anew."""
    query = _query(params, **changes)
    return reverse("board") + (f"?{query}" if query else "")


def edge(params: QueryDict, direction: str, order_id: UUID) -> str:
    return changed(params, **{direction: str(order_id)})


def _query(params: QueryDict, **changes: str) -> str:
    copy = params.copy()
    for key in (*changes, "before", "after"):
        copy.pop(key, None)
    for key, value in changes.items():
        if value:
            copy[key] = value
    return copy.urlencode()


def columns_of(request: HttpRequest) -> tuple[str, ...]:
    chosen = tuple(code for code in request.COOKIES.get("board_columns", "").split(".") if code in COLUMNS)
    return chosen or SHOWN


def column_words() -> dict[str, str]:
    return {
        "channel": _("Channel"),
        "customer": _("Customer"),
        "store": _("Store"),
        "fulfilment": _("How"),
        "payment": _("Payment"),
        "promised": _("Promised"),
        "placed": _("Placed"),
        "units": _("Units"),
        "total": _("Total"),
    }


def day_began(brand_id: UUID, store_id: UUID | None = None) -> datetime:
    """The beginning of the business day, at a store where one is named."""
    book = rulebook(brand_id)
    return book.days.day_begins(book.business_date(clock.now(), store_id), store_id)


def _day(text: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day written 2026-11-22 (the next day's with `after`), None for anything else."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone; it gets the brand's
    except ValueError:
        return None
    return timezone.make_aware(datetime.combine(day + timedelta(days=after), time.min))


def _uuid(field: str, text: str) -> UUID | None:
    """The id written in an address, None for nothing; raises BadValue for what is no id."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadValue(field, text, "an id") from None
