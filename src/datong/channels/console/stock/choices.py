"""Choices (加料, 做法) off sale: what is out where, one touch to take one off sale, one touch back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.channels.console.goods.said import told
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, require
from datong.channels.console.stock.choice import chosen, within
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import BadInput


def card(who: Who, store: Store | None) -> dict[str, Any]:
    """What the sold-out page says about choices at the store, or at all."""
    known = catalog.choices_of(who.brand.id)
    names = {s.id: s for s in stores_of(who)}
    rows = [
        {
            "code": o.code,
            "title": told(known[o.code].titles, known[o.code].title) if o.code in known else o.code,
            "where": names[o.store_id].name if o.store_id else _("all stores"),
            "store": names[o.store_id].code if o.store_id else "",
            "out": o,
            "may": who.may(Action.STOCK_SELL_OUT, o.store_id),
        }
        for o in catalog.choices_out(who.brand.id, clock.now(), stores=within(who, store))
        if o.store_id is None or o.store_id in names
    ]
    here = {row["code"] for row in rows if row["store"] in ("", store.code if store else "")}
    return {
        "rows": rows,
        "options": [(code, told(c.titles, c.title)) for code, c in known.items() if code not in here],
        "untils": [("opening", _("until tomorrow's opening")), ("hand", _("until somebody brings it back"))],
    }


@require_POST
@desk(Action.STOCK_VIEW)
def touch(request: HttpRequest, who: Who) -> HttpResponse:
    """Take a choice off sale at the store, or at all; or sell it again."""
    store = chosen(who, request.POST)
    store_id = store.id if store else None
    require(who, Action.STOCK_SELL_OUT, store_id)
    code, by = request.POST.get("choice", ""), who.staff.username
    known = catalog.choices_of(who.brand.id).get(code)
    facts = {
        "title": told(known.titles, known.title) if known else code,
        "where": store.name if store else _("all stores"),
    }
    if request.POST.get("do") == "back":
        catalog.sell_choices_again(who.brand.id, [code], by=by, store_id=store_id)
        messages.success(request, _("%(title)s is on sale again at %(where)s.") % facts)
        return _return(request)
    until = None
    if request.POST.get("until") != "hand":
        zone, hours = (store.timezone, store.hours) if store else (who.brand.timezone, brands.always_open())
        until = brands.next_opening(hours, zone, clock.now())
    try:
        catalog.sell_choices_out(who.brand.id, [code], by=by, store_id=store_id, until=until)
        messages.success(request, _("%(title)s is sold out at %(where)s.") % facts)
    except BadInput:
        messages.error(request, _("Choose what is sold out."))
    return _return(request)


def _return(request: HttpRequest) -> HttpResponse:
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return redirect(to if safe and to.startswith("/") else reverse("sold-out"))
