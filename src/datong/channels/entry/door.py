"""What a scan does: find the brand of the code, remember the visit, lead to the page.

`/q/<code>` is what is printed; it leads on to the shop's own address, where the shop's cookies are.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from datong.brand import api as brands
from datong.brand.types.entries import Entry, Opens
from datong.catalog import api as catalog
from datong.channels.console.shell import theme_of
from datong.channels.console.who import address_of
from datong.channels.open import anyone
from datong.channels.shop.came import keep_visitor, known_as, visitor_of
from datong.channels.shop.door import Shopper, door, keep_place, page, shop_channel
from datong.kernel import clock
from datong.kernel.errors import TooManyTries
from datong.kernel.tries import check_tries, miss

MOST_MISSES, MISSED_WITHIN = 30, timedelta(minutes=10)
AHEAD = ("prefetch", "prerender", "preview")
"""What browsers and messengers say when they look at a link before anybody opens it."""


@anyone("who scans a code is nobody yet")
@require_safe
def scan(request: HttpRequest, code: str) -> HttpResponse:
    """A printed code. Unknown ones get a page that says so; guessing is limited, by brand and address."""
    plain = brands.plain_code(code)
    key = f"entry {address_of(request)}"
    for brand_id in brands.brands_of_code(plain) if plain else ():
        try:
            check_tries(brand_id, key, most=MOST_MISSES, within=MISSED_WITHIN)
        except TooManyTries:
            return _nothing(request, _("Too many tries from here. Please wait some minutes."), 429)
        if brands.entry_by_code(brand_id, plain) is not None:
            brand = brands.get_brand(brand_id)
            return redirect(reverse("shop-entry", args=[brand.slug, plain]))
        miss(brand_id, key, within=MISSED_WITHIN)
    return _nothing(request, _("Nobody made this code, or it was torn. Ask in the store, or type it again."), 404)


@anyone("who scans a product is nobody yet")
@require_safe
def digital_link(request: HttpRequest, gtin: str, rest: str = "") -> HttpResponse:
    """A GS1 Digital Link without a brand in it: of the one shop that is open here."""
    shops = [brand for brand in brands.list_brands() if (channel := shop_channel(brand.id)) and channel.open]
    if len(shops) != 1:
        return _nothing(request, _("We cannot tell whose product this is."), 404)
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return redirect(reverse("shop-gtin", args=[shops[0].slug, gtin]) + query)


def _nothing(request: HttpRequest, said: str, status: int) -> HttpResponse:
    given = {"language": get_language(), "theme": theme_of(request), "said": said}
    return render(request, "entry/nothing.html", given, status=status)


@door("GET", "HEAD", private=True)
def enter(request: HttpRequest, shopper: Shopper, code: str) -> HttpResponseBase:
    """The visit is remembered, the entry's store chosen, and the page opened."""
    entry = brands.entry_by_code(shopper.brand.id, brands.plain_code(code))
    if entry is None:
        key = f"entry {address_of(request)}"
        check_tries(shopper.brand.id, key, most=MOST_MISSES, within=MISSED_WITHIN)
        miss(shopper.brand.id, key, within=MISSED_WITHIN)
    if entry is None or not entry.open_at(clock.now()):
        return page(request, shopper, "ended", {}, status=404)
    return _came(request, shopper, entry, redirect(_address(shopper, entry)))


@door("GET", "HEAD", private=True)
def gtin(request: HttpRequest, shopper: Shopper, gtin: str, rest: str = "") -> HttpResponseBase:
    """The product of a GS1 Digital Link; `e` is the code of the entry it was printed for."""
    item = catalog.item_by_gtin(shopper.brand.id, gtin)
    if item is None:
        return page(request, shopper, "ended", {}, status=404)
    response = redirect(shopper.url("product", item.sku))
    plain = brands.plain_code(request.GET.get("e", "")[:16])
    entry = brands.entry_by_code(shopper.brand.id, plain) if plain else None
    if entry is None or not entry.open_at(clock.now()):
        return response
    return _came(request, shopper, entry, response)


def _came(request: HttpRequest, shopper: Shopper, entry: Entry, response: HttpResponse) -> HttpResponse:
    """The response, with the visit and the store kept; nothing is kept of a look ahead."""
    purpose = f"{request.headers.get('Sec-Purpose', '')} {request.headers.get('Purpose', '')}".lower()
    if request.method == "HEAD" or any(word in purpose for word in AHEAD):
        return response
    brand = shopper.brand.id
    if entry.store_id is not None:
        store = brands.stores_by_id(brand, [entry.store_id]).get(entry.store_id)
        if store is not None and store.open:
            keep_place(response, shopper, shopper.spot, store)
    if shopper.customer_id is not None:
        visitor = known_as(request, response, shopper, shopper.customer_id)
    else:
        visitor = visitor_of(request) or uuid4()
        keep_visitor(response, shopper, visitor)
    brands.record_visit(brand, entry.id, visitor)
    return response


def _address(shopper: Shopper, entry: Entry) -> str:
    home = shopper.url("home")
    match entry.opens:
        case Opens.PRODUCT:
            return shopper.url("product", entry.target)
        case Opens.CATEGORY:
            return f"{home}?{urlencode({'in': entry.target})}"
        case Opens.SEARCH:
            return f"{home}?{urlencode({'q': entry.target})}"
        case Opens.STORE:
            code = _store_code(shopper, entry.store_id)
            return shopper.url("store", code) if code else shopper.url("stores")
        case Opens.CARD:
            return shopper.url("me")
        case _:
            return home


def _store_code(shopper: Shopper, store_id: UUID | None) -> str:
    store = brands.stores_by_id(shopper.brand.id, [store_id]).get(store_id) if store_id else None
    return store.code if store else ""
