"""A browser at which a customer has just proven who they are, by whatever way: a session, and their cart in it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect

from datong.channels.shop.came import known_as
from datong.channels.shop.door import BASKET_COOKIE, SESSION_COOKIE, SESSION_SALT, Shopper, session_token
from datong.customers import api as customers
from datong.orders import api as orders

SESSION_S = 90 * 24 * 3600


def enter(request: HttpRequest, shopper: Shopper, customer_id: UUID, session: str) -> HttpResponse:
    """A new session for this browser, whatever it had before; what was in its cart is in the customer's now."""
    if before := session_token(request, shopper.brand.id):
        customers.sign_out(before, brand=shopper.brand.id)
    if token := request.COOKIES.get(BASKET_COOKIE, "")[:80]:
        orders.join_baskets(token, customer_id, brand=shopper.brand.id)
    rotate_token(request)
    response = redirect(shopper.url("basket") if token else shopper.url("me"))
    response.set_cookie(
        SESSION_COOKIE,
        signing.dumps([str(shopper.brand.id), session], salt=SESSION_SALT),
        max_age=SESSION_S,
        path=shopper.url("home"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    response.delete_cookie(BASKET_COOKIE, path=shopper.url("home"))
    known_as(request, response, shopper, customer_id)
    return response
