"""Stores: all of them on a map and in a list with stock and load, and one store's page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Store, StoreKind
from datong.catalog import api as catalog
from datong.channels.console import words
from datong.channels.console.board import Names, day_began, rows_of
from datong.channels.console.books.dayends import hour_word
from datong.channels.console.contacts import narrowed
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.channels.design import maps
from datong.channels.design.formats import minutes_of_day, number
from datong.fulfilment import api as fulfilment
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.kernel.errors import NotFound
from datong.ledger.api import rulebook
from datong.orders import api as orders
from datong.orders.api import BoardFilter

PAGE = 50
NEARLY_FULL = 0.85


@require_safe
@desk(Action.STORES_VIEW)
def stores(request: HttpRequest, who: Who) -> HttpResponse:
    mine = stores_of(who)
    load = fulfilment.open_by_store(who.brand.id)
    now = clock.now()
    shown = [s for s in mine if _fits(s, request.GET, load)]
    shown.sort(key=lambda s: (-load.get(s.id, 0), s.name, s.code))
    first = (_page_of(request.GET) - 1) * PAGE
    here = shown[first : first + PAGE]
    stock = inventory.stock_by_location(who.brand.id, [s.id for s in here])
    given = {
        "lead": _sentence(mine, load, now),
        "map": maps.draw([_pin(s, load, now) for s in shown], label=_("Stores on a map")),
        "rows": [row(s, load, stock, now) for s in here],
        "count": len(shown),
        "note": _("%(shown)s of %(all)s stores") % {"shown": number(len(here)), "all": number(len(shown))},
        "older": _turned(request.GET, 1) if first + PAGE < len(shown) else "",
        "newer": _turned(request.GET, -1) if first else "",
        "regions": [("", _("All regions")), *((r, r) for r in sorted({s.region for s in mine if s.region}))],
        "kinds": [("", _("All kinds")), *_kinds(mine)],
        "params": request.GET,
        "empty": not mine,
    }  # fmt: skip
    return page(request, who, "stores", given)


def _kinds(mine: list[Store]) -> list[tuple[str, str]]:
    """Whose the stores are, with how many there are of each."""
    counts = Counter(store.kind for store in mine)
    return [(kind.value, f"{words.STORE_KIND[kind]} ({number(counts[kind])})") for kind in StoreKind]


def _sentence(mine: list[Store], load: Mapping[UUID, int], now: Any) -> str:
    """'120 stores in 3 cities, 96 open now, 213 orders in hand'."""
    cities, tasks = len({(s.region, s.city) for s in mine}), sum(load.get(s.id, 0) for s in mine)
    said = {
        "stores": ngettext("%(n)s store", "%(n)s stores", len(mine)) % {"n": number(len(mine))},
        "cities": ngettext("%(n)s city", "%(n)s cities", cities) % {"n": number(cities)},
        "open": number(sum(trades(s, now) for s in mine)),
        "tasks": ngettext("%(n)s order in hand", "%(n)s orders in hand", tasks) % {"n": number(tasks)},
    }
    return _("%(stores)s in %(cities)s, %(open)s open now, %(tasks)s") % said


@require_safe
@desk(Action.STORES_VIEW)
def options(request: HttpRequest, who: Who) -> HttpResponse:
    """The numbers and names of stores, for a field that completes."""
    return render(request, "console/_store_options.html", {"stores": stores_of(who)})


@require_safe
@desk(Action.STORES_VIEW)
def store(request: HttpRequest, who: Who, code: str) -> HttpResponse:
    found = next((s for s in stores_of(who) if s.code == code), None)
    if found is None:
        raise NotFound(f"no store {code}")
    now, load = clock.now(), fulfilment.open_by_store(who.brand.id)
    names = Names.of(who)
    here = BoardFilter(store_id=found.id, limit=10, **narrowed(who))
    began = day_began(who.brand.id, found.id)
    today = orders.board(who.brand.id, replace(here, since=began, placed_since=began))
    whole = orders.board(who.brand.id, here) if not today.rows else today
    given = {
        "store": found,
        "row": row(found, load, inventory.stock_by_location(who.brand.id, [found.id]), now),
        "kind": words.word(words.STORE_KIND, found.kind),
        "services": [words.word(words.SERVICE, s) for s in found.services],
        "hours": hours(found),
        "today": timezone.localtime(now).weekday(),
        "day_ends": _day_ends(who, found),
        "may_days": who.may(Action.DAY_VIEW),
        "orders": rows_of(whole.rows, names),
        "is_today": bool(today.rows),
        "stock": _stock(who, found, request.GET.get("q", "")),
        "q": request.GET.get("q", ""),
        "may_till": who.may(Action.TILLS_MANAGE, found.id),
        "map": maps.draw([replace(_pin(found, load, now), look="chosen", label=True)], label=found.name),
    }
    return page(request, who, "store", given)


def _day_ends(who: Who, store: Store) -> str:
    book = rulebook(who.brand.id)
    return hour_word(book.days.ending(book.business_date(clock.now(), store.id), store.id)[0])


def row(
    store: Store, load: Mapping[UUID, int], stock: Mapping[UUID, inventory.LocationStock], now: Any
) -> dict[str, Any]:
    """A store with its load of the day and its shelves."""
    tasks, limit = load.get(store.id, 0), store.order_limit
    share = tasks / limit if limit else 0
    return {
        "store": store,
        "open": trades(store, now),
        "now": pgettext("store", "open") if trades(store, now) else pgettext("store", "closed"),
        "tasks": tasks,
        "load_percent": min(round(100 * share), 100),
        "load_text": f"{number(tasks)} / {number(limit)}" if limit else number(tasks),
        "load_hue": "problem" if limit and tasks >= limit else "waiting" if share >= NEARLY_FULL else "",
        "stock": stock.get(store.id),
        "kind": words.word(words.STORE_KIND, store.kind),
    }


def trades(store: Store, now: Any) -> bool:
    return store.open and brands.is_open(store.hours, store.timezone, now)


def hours(store: Store) -> list[tuple[str, str]]:
    """The week as a person reads it: (day, times)."""
    monday = timezone.localtime(clock.now()).date()
    monday -= timedelta(days=monday.weekday())
    days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    week = []
    for n, usual in enumerate(store.hours.week):
        spans = store.hours.exceptions.get(monday + timedelta(days=n), usual)
        text = ", ".join(f"{minutes_of_day(a)} – {minutes_of_day(b)}" for a, b in spans)
        week.append((days[n], _("all day") if spans == ((0, 1440),) else text or pgettext("hours", "closed")))
    return week


def _fits(store: Store, params: QueryDict, load: Mapping[UUID, int]) -> bool:
    text, region, kind = params.get("q", "").strip().lower(), params.get("region", ""), params.get("kind", "")
    said = f"{store.code} {store.name} {store.city} {store.region} {store.postcode} {store.address}".lower()
    full = store.order_limit is not None and load.get(store.id, 0) >= store.order_limit * NEARLY_FULL
    return (
        text in said
        and region in ("", store.region)
        and kind in ("", store.kind.value)
        and (params.get("load") != "full" or full)
    )


def _pin(store: Store, load: Mapping[UUID, int], now: Any) -> maps.Pin:
    tasks, limit = load.get(store.id, 0), store.order_limit
    full, open_now = limit is not None and tasks >= limit, trades(store, now)
    said = ngettext("%(n)s order in hand", "%(n)s orders in hand", tasks) % {"n": number(tasks)}
    state = pgettext("store", "open") if open_now else pgettext("store", "closed")
    status = "problem" if full else "waiting" if limit and tasks >= limit * NEARLY_FULL else ""
    return maps.Pin(
        store.place, store.name, f"{state} · {said}", reverse("store", args=[store.code]),
        status=status or ("" if open_now else "neutral"),
    )  # fmt: skip


def _page_of(params: QueryDict) -> int:
    text = params.get("page", "1")
    return max(int(text), 1) if text.isdecimal() else 1


def _turned(params: QueryDict, by: int) -> str:
    copy = params.copy()
    copy["page"] = str(_page_of(params) + by)
    return f"{reverse('stores')}?{copy.urlencode()}"


def _stock(who: Who, store: Store, text: str) -> list[dict[str, Any]]:
    """The shelf: what has the least free first, or what fits the text."""
    found = {row.item_id: row for row in inventory.stock_of(who.brand.id, locations=[store.id])}
    if text.strip():
        items = {i.id: i for i in catalog.search_items(who.brand.id, text, limit=100) if i.id in found}
        ids = list(items)
    else:
        ids = sorted(found, key=lambda i: (found[i].free, -found[i].reserved))[:PAGE]
        items = catalog.items_by_id(who.brand.id, ids)
    return [
        {"item": items[i], "row": found[i], "hue": "problem" if found[i].free <= 0 else ""} for i in ids if i in items
    ]
