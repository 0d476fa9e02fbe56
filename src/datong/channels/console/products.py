"""Products: find one, and one product's page: its price at every door, its history, its stock across stores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.catalog.types import Ask, AskLine, ChangeState, Item, PriceRecord
from datong.channels.console import words
from datong.channels.console.goods.gallery import faces
from datong.channels.console.goods.said import tabs
from datong.channels.console.listprice import prices_of, sold
from datong.channels.console.moments import read_moment
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock import soldout
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design import maps
from datong.channels.design.formats import money, number
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.money import minor_of
from datong.orders import api as orders

PAGE = 50
MOST_ROWS = 40


@require_safe
@desk(Action.CATALOG_VIEW)
def products(request: HttpRequest, who: Who) -> HttpResponse:
    text, after = request.GET.get("q", "").strip(), request.GET.get("after", "")
    if text:
        items = catalog.search_items(who.brand.id, text, limit=PAGE)
    else:
        items = catalog.list_items(who.brand.id, after=after, limit=PAGE)
    scope = None if who.stores is None else list(who.stores)
    stock: dict[Any, list[int]] = {}
    for row in inventory.stock_of(who.brand.id, items=[i.id for i in items], locations=scope, limit=200_000):
        kept = stock.setdefault(row.item_id, [0, 0, 0])
        kept[0] += row.on_hand
        kept[1] += row.free
        kept[2] += row.free > 0
    prices = prices_of(who, items)
    seen = faces(who, [i.product_id for i in items])
    given = {
        "rows": [
            {"item": i, "title": title_of(i), "price": prices.get(i.sku), "kind": words.word(words.ITEM_KIND, i.kind),
             "stock": stock.get(i.id), "face": seen.get(i.product_id)}
            for i in items
        ],
        "q": text,
        "tabs": tabs("products"),
        "older": f"{reverse('products')}?after={items[-1].sku}" if len(items) == PAGE and not text else "",
        "newer": reverse("products") if after else "",
    }  # fmt: skip
    return page(request, who, "products", given)


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.CATALOG_VIEW, write=Action.CATALOG_EDIT)
def product(request: HttpRequest, who: Who, sku: str) -> HttpResponse:
    item = catalog.items_by_sku(who.brand.id, [sku]).get(sku)
    if item is None:
        raise NotFound(f"no product {sku}")
    errors: dict[str, str] = {}
    if request.method == "POST":
        require(who, Action.CATALOG_EDIT)
        try:
            _change_price(request, who, item)
            return redirect("product", sku=sku)
        except BadInput as error:
            errors = {p.field.strip("/"): p.fix for p in error.problems} or {"": str(error)}
    doors = _doors(who, item)
    history = catalog.price_history(who.brand.id, sku)
    shelves = _shelves(who, item)
    given = {
        "item": item,
        "title": title_of(item),
        "face": faces(who, [item.product_id]).get(item.product_id),
        "kind": words.word(words.ITEM_KIND, item.kind),
        "currency": who.brand.currency,
        "doors": doors,
        "one_price": len({d["minor"] for d in doors if not d["policy"]}) <= 1,
        "price": next((d["minor"] for d in doors if not d["policy"]), None),
        "history": _history(history),
        "asked_prices": catalog.waiting_prices(who.brand.id, [sku]).get(sku, ()),
        "shelves": shelves[:MOST_ROWS],
        "count": len(shelves),
        "totals": [sum(s["row"].on_hand for s in shelves), sum(s["row"].reserved for s in shelves),
                   sum(max(s["row"].free, 0) for s in shelves), sum(s["row"].free > 0 for s in shelves)],
        "waiting": waiting.units if (waiting := orders.waiting_units(who.brand.id, [item.id]).get(item.id)) else 0,
        "map": maps.draw([_pin(s) for s in shelves], label=_("Where it is in stock")) if shelves else None,
        "may_edit": who.may(Action.CATALOG_EDIT),
        "off_sale": soldout.card(who, item),
        "sellers": _sellers(who, item),
        "errors": errors,
        "typed": request.POST,
    }  # fmt: skip
    return page(request, who, "product", given, status=422 if errors else 200)


def _change_price(request: HttpRequest, who: Who, item: Item) -> None:
    text, reason = (request.POST.get(key, "").strip() for key in ("amount", "reason"))
    begins = read_moment("valid_from", request.POST.get("valid_from", ""))
    if not reason:
        raise BadValue("reason", reason, _("Say why, for whoever asks later."))
    try:
        amount = minor_of(text.replace(",", "") or "–", who.brand.currency)
    except BadInput:
        example = money(1999, who.brand.currency)
        raise BadValue("amount", text, _("Write an amount such as %(example)s.") % {"example": example}) from None
    asked = catalog.change_price(who.brand.id, item.sku, amount, begins, by=who.staff, reason=reason)
    said = {"title": title_of(item), "price": money(amount, who.brand.currency)}
    if asked.state is ChangeState.DONE:
        messages.success(request, _("%(title)s costs %(price)s at every door.") % said)
    else:
        messages.info(request, _("Asked for: %(title)s at %(price)s. Another person decides it.") % said)


def _doors(who: Who, item: Item) -> list[dict[str, Any]]:
    """What each channel asks for one unit right now, by asking for a quote as the channel would."""
    channels = [c for c in brands.list_channels(who.brand.id) if c.open]
    now = clock.now()
    asks = [Ask(c.id, who.brand.currency, now, (AskLine(1, item.sku, 1),)) for c in channels]
    quotes = catalog.quote(asks, brand=who.brand.id) if asks else []
    return [
        {
            "channel": c,
            "icon": words.CHANNEL_ICON[c.kind],
            "minor": q.lines[0].unit_minor if sold(q) else None,
            "total": q.total_minor if sold(q) else None,
            "promotions": q.lines[0].promotions if sold(q) else (),
            "policy": c.price_policy_note if c.price_list else "",
        }
        for c, q in zip(channels, quotes, strict=True)
    ]


def _sellers(who: Who, item: Item) -> list[dict[str, Any]]:
    """The same item (by its GTIN) from everybody who sells it, the cheapest first; nothing when only one does."""
    found = catalog.compare_prices(who.brand.id, item.sku, clock.now()) if item.gtin else []
    best = min((s.amount_minor for s in found if s.amount_minor is not None), default=None)
    rows = [
        {"seller": s.seller or who.brand.name, "offer": s, "here": s.sku == item.sku, "best": s.amount_minor == best}
        for s in found
    ]
    return rows if len(rows) > 1 else []


def _history(records: Sequence[PriceRecord]) -> list[dict[str, Any]]:
    """The records, latest first, with the one of each list that holds now marked."""
    now, holds, marked = clock.now(), set(), []
    for r in records:
        valid = not r.replaced and r.valid_from <= now and (r.valid_to is None or r.valid_to > now)
        marked.append({"record": r, "current": valid and r.price_list not in holds, "later": r.valid_from > now})
        if valid:
            holds.add(r.price_list)
    return marked


def _shelves(who: Who, item: Item) -> list[dict[str, Any]]:
    """This item at every store that keeps it; what is short comes first."""
    known = {s.id: s for s in stores_of(who)}
    found = inventory.stock_of(who.brand.id, items=[item.id], locations=list(known))
    rows = [{"store": known[r.location_id], "row": r} for r in found]
    return sorted(rows, key=lambda s: (s["row"].free, s["store"].name))


def _pin(shelf: dict[str, Any]) -> maps.Pin:
    store, free = shelf["store"], shelf["row"].free
    note = _("%(n)s free") % {"n": number(max(free, 0))}
    return maps.Pin(
        store.place, store.name, note, reverse("store", args=[store.code]), status="problem" if free <= 0 else ""
    )
