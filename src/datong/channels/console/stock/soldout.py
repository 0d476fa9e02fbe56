"""Sold out 估清: what is off sale where, one touch to take something off sale, one touch back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.catalog.types import Item
from datong.channels.console.moments import read_moment
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock import choices
from datong.channels.console.stock.choice import chosen, options, within
from datong.channels.console.stock.typed import errors_of, said
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.inventory import api as inventory
from datong.inventory.types import SoldOutItem, Until
from datong.kernel.errors import BadInput, NotFound

MOST = 200
FOUND = 12


@require_safe
@desk(Action.STOCK_VIEW)
def sold_out(request: HttpRequest, who: Who) -> HttpResponse:
    return _show(request, who, request.GET, request.get_full_path())


def _show(
    request: HttpRequest, who: Who, asked: Mapping[str, str], back_to: str, errors: Mapping[str, str] | None = None
) -> HttpResponse:
    """The page for the store and the search in `asked`; what was typed stands there again beside what is wrong."""
    store, text = chosen(who, asked), asked.get("q", "").strip()
    found = inventory.sold_out_items(who.brand.id, locations=within(who, store), limit=MOST)
    given = {
        "lead": _sentence(found, store),
        "store": store,
        "stores": options(who),
        "q": text,
        "rows": _rows(who, found, store),
        "offers": _offers(who, store, text, {row.item_id for row in found}),
        "untils": untils(),
        "choices": choices.card(who, store),
        "may": who.may(Action.STOCK_SELL_OUT, store.id if store else None),
        "back_to": back_to,
        "errors": errors or {},
        "typed": request.POST,
    }
    return page(request, who, "stock/sold_out", given, status=422 if errors else 200)


@require_POST
@desk(Action.STOCK_VIEW, write=Action.STOCK_SELL_OUT)
def sell_out(request: HttpRequest, who: Who) -> HttpResponse:
    """Take one product off sale at the store, or at all."""
    store, item = chosen(who, request.POST), _item(who, request.POST.get("sku", ""))
    require(who, Action.STOCK_SELL_OUT, store.id if store else None)
    try:
        touched = inventory.set_sold_out(
            who.brand.id,
            [item.id],
            store_id=store.id if store else None,
            until=until_of(request.POST),
            by=who.staff.username,
            reason=request.POST.get("reason", "").strip(),
        )
    except BadInput as error:
        to = request.POST.get("next", "")
        if urlsplit(to).path == reverse("sold-out"):
            asked = QueryDict(urlsplit(to).query)
            return _show(request, who, asked, to, errors_of(error))
        messages.error(request, said(error))
        return _return(request)
    facts = {"title": title_of(item), "where": _where(who, store)}
    if touched.places:
        text = _("%(title)s is sold out at %(where)s.") % facts
        messages.success(request, text, extra_tags=reverse("sold-out-undo", args=[touched.batch]))
    else:
        messages.success(request, _("%(title)s was sold out already at %(where)s.") % facts)
    return _return(request)


@require_POST
@desk(Action.STOCK_VIEW, write=Action.STOCK_SELL_OUT)
def back(request: HttpRequest, who: Who) -> HttpResponse:
    """Sell it again at the store, or wherever it is off sale."""
    store, item = chosen(who, request.POST), _item(who, request.POST.get("sku", ""))
    require(who, Action.STOCK_SELL_OUT, store.id if store else None)
    store_id = store.id if store else None
    touched = inventory.back_on_sale(who.brand.id, [item.id], store_id=store_id, by=who.staff.username)
    facts = {"title": title_of(item), "where": _where(who, store)}
    if touched.places:
        text = _("%(title)s is on sale again at %(where)s.") % facts
        messages.success(request, text, extra_tags=reverse("sold-out-undo", args=[touched.batch]))
    else:
        messages.success(request, _("%(title)s is on sale at %(where)s.") % facts)
    return _return(request)


@require_POST
@desk(Action.STOCK_VIEW, write=Action.STOCK_SELL_OUT)
def undo(request: HttpRequest, who: Who, batch: UUID) -> HttpResponse:
    """Take the last touch back, at this person's stores."""
    mine = within(who)
    require(who, Action.STOCK_SELL_OUT, mine[0] if mine else None)
    places = inventory.undo_sold_out(who.brand.id, batch, by=who.staff.username, locations=mine)
    if places:
        messages.success(request, _("Undone."))
    else:
        messages.error(request, _("It is too late to undo this; change it back by hand."))
    return _return(request)


def untils() -> list[tuple[str, str]]:
    """When it comes back: what stands first is what a shop means most days."""
    return [
        (Until.NEXT_OPENING.value, _("until tomorrow's opening")),
        (Until.ARRIVAL.value, _("until goods arrive")),
        (Until.BY_HAND.value, _("until somebody brings it back")),
        ("moment", _("until a time")),
    ]


def until_of(post: Mapping[str, str]) -> Until | datetime:
    """What was chosen; a moment is written in the brand's time."""
    choice, text = post.get("until", ""), post.get("moment", "").strip()
    if choice == "moment" or (text and not choice):
        return read_moment("moment", text, needed=True) or Until.NEXT_OPENING
    return Until(choice) if choice in list(Until) else Until.NEXT_OPENING


def card(who: Who, item: Item) -> dict[str, Any]:
    """What a product's page says about it: where it is off sale, and what may be done about it here."""
    store = chosen(who, {})
    found = [
        row
        for row in inventory.sold_out_items(who.brand.id, locations=within(who, store), limit=MOST)
        if row.item_id == item.id
    ]
    return {
        "rows": _rows(who, found, store),
        "store": store,
        "stores": options(who),
        "untils": untils(),
        "may": who.may(Action.STOCK_SELL_OUT, store.id if store else None),
    }


def _sentence(found: list[SoldOutItem], store: Store | None) -> str:
    where = store.name if store else _("all stores")
    if not found:
        return _("Everything is on sale at %(where)s.") % {"where": where}
    said = ngettext("%(n)s product is sold out", "%(n)s products are sold out", len(found)) % {"n": number(len(found))}
    return f"{said} · {where}"


def _rows(who: Who, found: list[SoldOutItem], store: Store | None) -> list[dict[str, Any]]:
    items = catalog.items_by_id(who.brand.id, [row.item_id for row in found])
    names = {s.id: s.name for s in stores_of(who)}
    return [
        {
            "sku": items[row.item_id].sku,
            "title": title_of(items[row.item_id]),
            "where": _places(row, names),
            "row": row,
            "until": pgettext("sold out", "goods arrive") if row.on_arrival and row.until is None else "",
        }
        for row in found
        if row.item_id in items
    ]


def _places(row: SoldOutItem, names: Mapping[UUID, str]) -> str:
    if row.places == len(names) and row.places > 1:
        return _("all stores")
    if row.places == 1:
        return names.get(row.some[0], "")
    return ngettext("%(n)s store", "%(n)s stores", row.places) % {"n": number(row.places)}


def _offers(who: Who, store: Store | None, text: str, out: set[UUID]) -> list[dict[str, Any]]:
    """What was searched for; without a search, what a store has least of."""
    if text:
        items = catalog.search_items(who.brand.id, text, limit=FOUND)
        locations = [store.id] if store else None
        stock = inventory.stock_of(who.brand.id, items=[i.id for i in items], locations=locations, limit=100_000)
    elif store is not None:
        rows = [r for r in inventory.stock_of(who.brand.id, locations=[store.id]) if not r.sold_out and r.free > 0]
        stock = sorted(rows, key=lambda r: r.free)[:FOUND]
        known = catalog.items_by_id(who.brand.id, [r.item_id for r in stock])
        items = [known[r.item_id] for r in stock if r.item_id in known]
    else:
        return []
    free: dict[UUID, int] = {}
    for row in stock:
        free[row.item_id] = free.get(row.item_id, 0) + max(row.free, 0)
    return [{"sku": i.sku, "title": title_of(i), "free": free.get(i.id), "out": i.id in out} for i in items if i.active]


def _item(who: Who, sku: str) -> Item:
    item = catalog.items_by_sku(who.brand.id, [sku]).get(sku)
    if item is None:
        raise NotFound(_("There is no product %(sku)s.") % {"sku": sku})
    return item


def _where(who: Who, store: Store | None) -> str:
    return store.name if store else _("all stores")


def _return(request: HttpRequest) -> HttpResponse:
    """Back to the page the touch was made on."""
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return redirect(to if safe and to.startswith("/") else reverse("sold-out"))
