"""Stock of a store: what lies there, why it changed, and the way to counts, transfers and waste."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.stock.choice import chosen, options, within
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number
from datong.inventory import api as inventory
from datong.inventory.types import MILLI
from datong.kernel.pages import read_cursor, write_cursor

PAGE = 50

REASONS = {
    "opening": pgettext_lazy("stock", "opening stock"),
    "receipt": pgettext_lazy("stock", "receipt"),
    "return": pgettext_lazy("stock", "return"),
    "sale": pgettext_lazy("stock", "sale"),
    "count": pgettext_lazy("stock", "count"),
    "waste": pgettext_lazy("stock", "waste"),
    "own_use": pgettext_lazy("stock", "own use"),
    "transfer_out": pgettext_lazy("stock", "sent to a store"),
    "transfer_in": pgettext_lazy("stock", "came from a store"),
    "transfer_back": pgettext_lazy("stock", "transfer came back"),
    "transfer_loss": pgettext_lazy("stock", "lost on the way"),
    "transfer_gain": pgettext_lazy("stock", "more arrived than sent"),
    "recount": pgettext_lazy("stock", "count"),
}


def tabs(here: str, store: Store | None) -> list[dict[str, Any]]:
    """The parts of the stock pages, for the store that is looked at."""
    query = f"?store={store.code}" if store else ""
    listed = (
        ("stock", _("Shelf")),
        ("movements", _("Movements")),
        ("counts", _("Counts")),
        ("transfers", _("Transfers")),
        ("write-offs", _("Waste and own use")),
    )
    return [{"text": text, "href": reverse(name) + query, "current": name == here} for name, text in listed]


@require_safe
@desk(Action.STOCK_VIEW)
def shelf(request: HttpRequest, who: Who) -> HttpResponse:
    store, text = chosen(who, request.GET), request.GET.get("q", "").strip()
    mine = stores_of(who)
    ids = [store.id] if store else [s.id for s in mine]
    if store is None:
        return _by_store(request, who, mine)
    rows = inventory.stock_of(who.brand.id, locations=ids, limit=50_000)
    costs = inventory.costs_of(who.brand.id, [r.item_id for r in rows])
    worth = sum(r.on_hand * costs.get(r.item_id, 0) for r in rows) // MILLI
    if text:
        fits = {i.id for i in catalog.search_items(who.brand.id, text, limit=200)}
        rows = [r for r in rows if r.item_id in fits]
    shown = sorted(rows, key=lambda r: (r.free, -r.reserved))[:PAGE]
    items = catalog.items_by_id(who.brand.id, [r.item_id for r in shown])
    coming = inventory.in_transit(who.brand.id)
    units = sum(r.on_hand for r in rows)
    lead = ngettext("%(n)s unit on hand", "%(n)s units on hand", units) % {"n": number(units)}
    given = {
        "lead": f"{store.name} · {lead}" + (f" · {money(worth, who.brand.currency)}" if worth else ""),
        "store": store,
        "stores": options(who),
        "tabs": tabs("stock", store),
        "q": text,
        "rows": [
            {"item": items[r.item_id], "title": title_of(items[r.item_id]), "row": r,
             "coming": coming.get((r.location_id, r.item_id), 0),
             "cost": costs[r.item_id] // MILLI if r.item_id in costs else None}
            for r in shown if r.item_id in items
        ],
        "note": _("%(shown)s of %(all)s, what has the least free first")
        % {"shown": number(len(shown)), "all": number(len(rows))},
        "currency": who.brand.currency,
    }  # fmt: skip
    return page(request, who, "stock/shelf", given)


def _by_store(request: HttpRequest, who: Who, mine: list[Store]) -> HttpResponse:
    """Without a store: every store's shelf in one line."""
    stock = inventory.stock_by_location(who.brand.id, [s.id for s in mine])
    underway = sum(inventory.in_transit(who.brand.id).values())
    listed = sorted(mine, key=lambda s: (-(stock[s.id].empty if s.id in stock else 0), s.name))[:PAGE]
    units = sum(s.on_hand for s in stock.values())
    lead = ngettext("%(n)s unit on hand", "%(n)s units on hand", units) % {"n": number(units)}
    if underway:
        lead += " · " + ngettext("%(n)s unit underway", "%(n)s units underway", underway) % {"n": number(underway)}
    given = {
        "lead": lead,
        "store": None,
        "stores": options(who),
        "tabs": tabs("stock", None),
        "by_store": [{"store": s, "stock": stock.get(s.id)} for s in listed],
        "note": _("%(shown)s of %(all)s stores") % {"shown": number(len(listed)), "all": number(len(mine))},
    }
    return page(request, who, "stock/shelf", given)


@require_safe
@desk(Action.STOCK_VIEW)
def movements(request: HttpRequest, who: Who) -> HttpResponse:
    """Why stock changed, the latest first; each line leads to what it came from."""
    store = chosen(who, request.GET)
    sku = request.GET.get("sku", "").strip()
    item = catalog.items_by_sku(who.brand.id, [sku]).get(sku) if sku else None
    found = inventory.movements(
        who.brand.id,
        locations=within(who, store),
        item=item.id if item else (UUID(int=0) if sku else None),
        before=read_cursor(request.GET.get("before", "")),
        limit=PAGE,
    )
    items = catalog.items_by_id(who.brand.id, [m.item_id for m in found])
    names = {s.id: s for s in stores_of(who)}
    older = f"before={write_cursor(found[-1].id)}" if len(found) == PAGE else ""
    query = "&".join(filter(None, [f"store={store.code}" if store else "", f"sku={sku}" if sku else "", older]))
    given = {
        "lead": _("Every unit that came or went, and why."),
        "store": store,
        "stores": options(who),
        "tabs": tabs("movements", store),
        "sku": sku,
        "rows": [
            {"m": m, "item": items.get(m.item_id), "store": names.get(m.location_id),
             "title": title_of(items[m.item_id]) if m.item_id in items else "",
             "why": REASONS.get(m.reason, m.reason), "href": _source(m.reason, m.subject_id)}
            for m in found
        ],
        "older": f"?{query}" if older else "",
    }  # fmt: skip
    return page(request, who, "stock/movements", given)


def _source(reason: str, subject: UUID | None) -> str:
    """Where the record behind a movement is, for those that have a page."""
    if subject is None:
        return ""
    if reason in ("count", "waste", "own_use"):
        return reverse("adjustment", args=[subject])
    if reason.startswith("transfer"):
        return reverse("transfer", args=[subject])
    return reverse("order", args=[subject]) if reason == "sale" else ""


def state_word(state: str) -> str:
    """A state of the work on stock, as a reader says it."""
    return {
        "open": pgettext("stock", "being counted"),
        "closed": pgettext("stock", "closed"),
        "dropped": pgettext("stock", "given up"),
        "pending": pgettext("stock", "waits for approval"),
        "done": pgettext("stock", "booked"),
        "refused": pgettext("stock", "refused"),
        "withdrawn": pgettext("stock", "withdrawn"),
        "asked": pgettext("stock", "asked for"),
        "sent": pgettext("stock", "underway"),
        "received": pgettext("stock", "received"),
        "cancelled": pgettext("stock", "called off"),
    }.get(state, state)


HUE = {
    "open": "information", "pending": "waiting", "done": "good", "refused": "problem", "asked": "waiting",
    "sent": "information", "received": "good", "cancelled": "neutral", "dropped": "neutral", "closed": "good",
}  # fmt: skip
