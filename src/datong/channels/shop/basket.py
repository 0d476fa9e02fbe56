"""The basket: what is in it, what it costs here now, and what has changed since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from datong.brand.types import AddressText
from datong.catalog import api as catalog
from datong.channels.console.who import address_of
from datong.channels.shop.door import BASKET_COOKIE, Shopper, door, page
from datong.channels.shop.prices import priced
from datong.channels.shop.product import options_of
from datong.channels.shop.tiles import tile_of
from datong.channels.shop.words import title_of
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.tries import check_tries, miss
from datong.orders import api as orders
from datong.orders.types import Basket, PricedBasket, PricedLine, Way

KEPT_S = 60 * 24 * 3600
NEW_WITHIN = timedelta(minutes=10)
MOST_NEW = 60
"""New baskets from one address within that time; a shop window of a machine is not filled with empty baskets."""


def basket_of(request: HttpRequest, shopper: Shopper) -> Basket | None:
    """The customer's basket: theirs when they are logged in, else this browser's."""
    if shopper.customer_id is not None:
        return orders.basket_for(shopper.customer_id, brand=shopper.brand.id)
    return orders.basket_by_token(shopper.brand.id, request.COOKIES.get(BASKET_COOKIE, "")[:80])


def way_of(shopper: Shopper) -> Way:
    """How the basket would reach the customer as far as is known: their store, else where they are."""
    spot, store = shopper.spot, shopper.store
    way = Way(shopper.channel.id, shopper.brand.currency, FulfilmentKind.PICKUP, member=shopper.member)
    if store is not None:
        return replace(way, store_id=store.id, region=store.region)
    if spot is not None:
        where = AddressText("", spot.city, spot.region, spot.postcode, shopper.brand.country)
        return replace(way, address=where, region=spot.region)
    return way


@door("GET", "HEAD", "POST", private=True)
def basket(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """The basket with today's prices; a form for each line changes how many."""
    if request.method == "POST":
        return _change(request, shopper)
    found = basket_of(request, shopper)
    costs = orders.price_basket(shopper.brand.id, found, way_of(shopper)) if found and found.lines else None
    given = {"costs": costs, "rows": rows_of(shopper, costs) if costs else [], "added": "added" in request.GET}
    return page(request, shopper, "basket", given)


def rows_of(shopper: Shopper, costs: PricedBasket) -> list[dict[str, Any]]:
    """The lines as pages show them, each with what is wrong with it."""
    items = catalog.items_by_sku(shopper.brand.id, [one.line.sku for one in costs.lines])
    titles = {sku: title_of(item.titles, item.title) for sku, item in items.items()}
    return [
        {
            "it": one,
            "title": titles.get(one.line.sku, one.line.sku),
            "options": ", ".join(chosen.title for chosen in one.quote.options),
            "wrong": wrong_of(one),
            "tile": tile_of(one.line.sku),
        }
        for one in costs.lines
    ]


def wrong_of(one: PricedLine) -> str:
    if not one.problems:
        return ""
    if {"option_sold_out", "option_required", "unknown_option", "too_many_options"}.intersection(one.problems):
        return _("These choices are not to be had any more. Take it out and choose again.")
    return _("This is not sold any more. Take it out to order the rest.")


@door("POST", private=True)
def add(request: HttpRequest, shopper: Shopper, sku: str) -> HttpResponse:
    """Put something into the basket; a browser's first one opens it."""
    options = options_of(request.POST)
    units = _units(request.POST.get("units", "1"))
    (price,) = priced(shopper, [(sku, options)])
    if not price.sold or not catalog.on_shelf(shopper.brand.id, shopper.channel, sku):
        raise NotFound(f"{sku} is not sold here")
    if price.problems:
        asked = "&".join(f"option-={code}" for code in options)
        return redirect(f"{shopper.url('product', sku)}?{asked or 'option-='}")
    found, token = basket_of(request, shopper), ""
    if found is None:
        found, token = _open(request, shopper)
    orders.put_in_basket(
        found.id, sku, units, brand=shopper.brand.id, seen_minor=price.line.unit_minor, options=options, add=True
    )
    return _kept(redirect(f"{shopper.url('basket')}?added"), shopper, token)


def _open(request: HttpRequest, shopper: Shopper) -> tuple[Basket, str]:
    key = f"basket {address_of(request)}"
    check_tries(shopper.brand.id, key, most=MOST_NEW, within=NEW_WITHIN)
    miss(shopper.brand.id, key, within=NEW_WITHIN)
    return orders.open_basket(shopper.brand.id)


def _change(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """Another number of a line; 0 takes it out. What is not in the basket is left alone."""
    found = basket_of(request, shopper)
    line = next((one for one in found.lines if one.key == request.POST.get("line")), None) if found else None
    if found is not None and line is not None:
        (price,) = priced(shopper, [(line.sku, line.options)])
        units = 0 if "out" in request.POST else _units(request.POST.get("units", ""), least=0)
        seen = price.line.unit_minor if price.sold else line.seen_minor
        orders.put_in_basket(found.id, line.sku, units, brand=shopper.brand.id, seen_minor=seen, options=line.options)
    return redirect(shopper.url("basket"))


def _units(text: str, *, least: int = 1) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) >= least):
        raise BadValue("units", text[:20], f"a whole number from {least} on")
    return int(text)


def _kept(response: HttpResponse, shopper: Shopper, token: str) -> HttpResponse:
    if token:
        response.set_cookie(
            BASKET_COOKIE, token, max_age=KEPT_S, path=shopper.url("home"), secure=settings.SESSION_COOKIE_SECURE,
            httponly=True, samesite="Lax",
        )  # fmt: skip
    return response
