"""The store finder (附近门店): stores around a typed or shared position, listed and mapped; one is chosen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from datong.brand import api as brands
from datong.brand.types import Spot, Store
from datong.channels.console import words
from datong.channels.console.stores import hours
from datong.channels.design import maps
from datong.channels.shop.door import Shopper, door, keep_place, page
from datong.channels.shop.words import opening
from datong.kernel import clock
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.geo import Point
from datong.orders import api as orders
from datong.orders.types import StoreNear

LISTED = 20
PINNED = 400


@door()
def stores(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """Stores around the customer, nearest first; all by name while nobody said where they are."""
    service, open_only = request.GET.get("service", "")[:60], "open" in request.GET
    now = clock.now()

    def fits(store: Store) -> bool:
        return (not service or service in store.services) and (
            not open_only or brands.is_open(store.hours, store.timezone, now)
        )

    near = orders.stores_near(shopper.brand.id, shopper.channel.id, place=shopper.place, fits=fits, limit=PINNED)
    rows = [_row(shopper, one) for one in near[:LISTED]]
    pins = [_pin(shopper, one) for one in (near[: LISTED * 2] if shopper.place else near)]
    if shopper.spot:
        pins.append(maps.Pin(shopper.spot.place, shopper.spot.label, look="customer"))
    offered = sorted({service for one in near for service in one.store.services})
    given = {
        "rows": rows,
        "soon": orders.within_an_hour(shopper.brand.id, shopper.channel.id, shopper.spot.place)[:6]
        if shopper.spot
        else [],
        "more": len(near) > LISTED,
        "map": maps.draw(pins, label=_("Stores on a map")) if pins else None,
        "services": [(code, words.word(words.SERVICE, code), code == service) for code in offered],
        "service": service,
        "open_only": open_only,
        "then": request.GET.get("then", ""),
        "unknown": request.GET.get("unknown", "")[:120],
    }
    return page(request, shopper, "stores", given)


@door()
def store(request: HttpRequest, shopper: Shopper, code: str) -> HttpResponse:
    """One store: where it is, when it is open, what it offers; shop here."""
    found = orders.stores_near(
        shopper.brand.id, shopper.channel.id, place=shopper.place, fits=lambda one: one.code == code, limit=1
    )
    if not found:
        raise NotFound(f"no store {code}")
    row = _row(shopper, found[0])
    given = {
        "row": row,
        "hours": hours(found[0].store),
        "map": maps.draw([maps.Pin(found[0].store.place, found[0].store.name, look="chosen", label=True)],
                         label=found[0].store.name),
    }  # fmt: skip
    return page(request, shopper, "store", given)


def _row(shopper: Shopper, one: StoreNear) -> dict[str, Any]:
    is_open, said = opening(one.store, clock.now())
    return {
        "one": one,
        "store": one.store,
        "open": is_open,
        "said": said,
        "services": [words.word(words.SERVICE, service) for service in one.store.services],
        "brings": bool(one.store.serves_radius_m or one.store.area),
        "chosen": shopper.store is not None and shopper.store.id == one.store.id,
    }


def _pin(shopper: Shopper, one: StoreNear) -> maps.Pin:
    look = "chosen" if shopper.store and shopper.store.id == one.store.id else "dot"
    state = _("open now") if one.open_now else _("closed now")
    href = shopper.url("store", one.store.code)
    return maps.Pin(one.store.place, one.store.name, state, href, look, "good" if one.open_now else "")


@door("POST")
def place(request: HttpRequest, shopper: Shopper) -> HttpResponse:
    """Say where you are (typed or shared), choose a store, or forget both; back to where you were."""
    back = _back(request, shopper)
    if "forget" in request.POST:
        return keep_place(redirect(back), shopper, None, None)
    if code := request.POST.get("store", "")[:40]:
        found = orders.stores_near(shopper.brand.id, shopper.channel.id, fits=lambda one: one.code == code, limit=1)
        if not found:
            raise NotFound(f"no store {code}")
        return keep_place(redirect(back), shopper, shopper.spot, found[0].store)
    spot = _shared(request) or brands.find_spot(
        shopper.brand.id, request.POST.get("where", ""), country=shopper.brand.country
    )
    if spot is None:
        asked = urlencode({"unknown": request.POST.get("where", "")[:120], "then": request.POST.get("then", "")})
        return redirect(f"{shopper.url('stores')}?{asked}")
    return keep_place(redirect(back), shopper, spot, None)


def _shared(request: HttpRequest) -> Spot | None:
    """The position a phone shared, when it did."""
    try:
        here = Point(float(request.POST.get("lon", "")), float(request.POST.get("lat", "")))
    except (ValueError, BadValue):
        return None
    return Spot(_("where I am"), here)


def _back(request: HttpRequest, shopper: Shopper) -> str:
    then = request.POST.get("then", "")
    safe = then.startswith(shopper.url("home")) and url_has_allowed_host_and_scheme(then, None)
    return then if safe else shopper.url("stores")
