"""Which store a screen stands in, and the shell of its pages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from datong.access.types import Action
from datong.brand.types import Store
from datong.channels.console.places import stores_of
from datong.channels.console.shell import brand_css, theme_of
from datong.channels.console.who import Who
from datong.kernel.errors import NotFound

COOKIE = "store_screen"
MOST = 300
"""Stores in the switch; who has more opens the screen from the store's page."""


def store_here(request: HttpRequest, who: Who) -> Store:
    """The store of the address (`?store=`), else the one this browser had last, else the first this person acts in.

    Raises NotFound for a store that is none of theirs.
    """
    asked = request.POST.get("store") or request.GET.get("store", "")
    kept = request.COOKIES.get(COOKIE, "")[:60]
    mine = [store for store in stores_of(who) if who.may(Action.ORDERS_VIEW, store.id)]
    found = next((store for store in mine if store.code == (asked or kept)), None)
    if found is None and not asked:
        found = mine[0] if mine else None
    if found is None:
        raise NotFound(_("There is no such store, or it is none of yours."))
    return found


def screen(
    request: HttpRequest, who: Who, store: Store, template: str, given: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of the store's screen; the browser remembers the store."""
    shell = {
        "who": who,
        "store": store,
        "stores": [(one.code, one.name) for one in stores_of(who)[:MOST]],
        "language": get_language(),
        "theme": theme_of(request),
        "brand_css": brand_css(who.brand),
        "toasts": told(request),
    }
    answer = render(request, f"store/{template}.html", {**shell, **given}, status=status)
    answer.set_cookie(COOKIE, store.code, max_age=365 * 24 * 3600, samesite="Lax", path=reverse("store-screen"))
    return answer


def told(request: HttpRequest) -> list[tuple[str, str, str]]:
    return [(str(m.message), m.level_tag, m.extra_tags) for m in messages.get_messages(request)]
