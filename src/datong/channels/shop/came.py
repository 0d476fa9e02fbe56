"""By which entry somebody came: a random mark in their browser, of this shop only, and the last visit under it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from datong.brand import api as brands
from datong.channels.shop.door import Shopper
from datong.kernel import clock
from datong.orders.types import Came

VISITOR_COOKIE = "shop_visitor"
KEPT_S = 90 * 24 * 3600
COUNTS_FOR = timedelta(days=7)
"""How long after a visit an order is still one that came by it."""


def visitor_of(request: HttpRequest) -> UUID | None:
    """The mark of this browser, when it has one."""
    try:
        return UUID(request.COOKIES.get(VISITOR_COOKIE, "")[:40])
    except ValueError:
        return None


def keep_visitor(response: HttpResponseBase, shopper: Shopper, visitor: UUID) -> None:
    response.set_cookie(
        VISITOR_COOKIE,
        str(visitor),
        max_age=KEPT_S,
        path=shopper.url("home"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_as(request: HttpRequest, response: HttpResponseBase, shopper: Shopper, customer_id: UUID) -> UUID:
    """This browser is this customer's from now on; one that was somebody else's gets a new mark."""
    visitor = visitor_of(request) or uuid4()
    if not brands.know_visitor(shopper.brand.id, visitor, customer_id):
        visitor = uuid4()
        brands.know_visitor(shopper.brand.id, visitor, customer_id)
    keep_visitor(response, shopper, visitor)
    return visitor


def came_of(request: HttpRequest, shopper: Shopper) -> Came:
    """How this customer came, for their order: the last entry within COUNTS_FOR, its store and its associate."""
    visitor = visitor_of(request)
    brand = shopper.brand.id
    visit = brands.last_visit(brand, visitor, since=clock.now() - COUNTS_FOR) if visitor else None
    entry = brands.entries_by_id(brand, [visit.entry_id]).get(visit.entry_id) if visit else None
    if visit is None or entry is None:
        return Came()
    store = brands.stores_by_id(brand, [entry.store_id]).get(entry.store_id) if entry.store_id else None
    return Came(entry.id, visit.id, store.code if store else "", entry.associate)
