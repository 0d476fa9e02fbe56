"""Purchase orders 采购单, open claims, and goods bought outright."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console.places import stores_of
from datong.channels.console.purchasing.common import HUE, OPEN, claim_word, state_word, tabs
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.choice import older, within
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.pages import read_cursor
from datong.purchasing import api as purchasing

PAGE = 30


@require_safe
@desk(Action.PURCHASING_VIEW)
def orders(request: HttpRequest, who: Who) -> HttpResponse:
    stores = {s.id: s for s in stores_of(who)}
    found = purchasing.orders(
        who.brand.id,
        stores=within(who),
        before=read_cursor(request.GET.get("before", "")),
        limit=PAGE,
    )
    names = {s.id: s for s in purchasing.suppliers(who.brand.id)}
    coming = sum(o.state in OPEN for o in found)
    said_coming = ngettext("%(n)s order is on its way.", "%(n)s orders are on their way.", coming)
    head = who.stores is None
    claims = [c for c in purchasing.claims(who.brand.id) if c.settled_at is None] if head else []
    outright = purchasing.buyouts(who.brand.id) if head else []
    known = catalog.items_by_id(who.brand.id, [*(c.item_id for c in claims), *(b.item_id for b in outright)])
    given = {
        "lead": said_coming % {"n": number(coming)},
        "tabs": tabs("purchase-orders"),
        "rows": [
            {"o": o, "supplier": names.get(o.supplier_id), "store": stores.get(o.store_id),
             "state": state_word(o.state), "hue": HUE[o.state], "units": sum(x.units for x in o.lines)}
            for o in found
        ],
        "claims": [
            {"c": c, "kind": claim_word(c.kind), "title": title_of(known[c.item_id]) if c.item_id in known else "",
             "supplier": names.get(c.supplier_id)}
            for c in claims[:50]
        ],
        "buyouts": [{"b": b, "title": title_of(known[b.item_id]) if b.item_id in known else ""} for b in outright[:50]],
        "may": who.may(Action.PURCHASING_EDIT),
        "currency": who.brand.currency,
        "older": older(found, PAGE),
    }  # fmt: skip
    return page(request, who, "purchasing/orders", given)


@require_POST
@desk(Action.PURCHASING_VIEW)
def settle(request: HttpRequest, who: Who, claim_id: UUID) -> HttpResponse:
    """A claim is settled: credited, delivered or taken back."""
    require(who, Action.PURCHASING_EDIT)
    note = request.POST.get("note", "").strip()
    purchasing.settle_claim(who.brand.id, claim_id, by=who.staff.username, note=note)
    messages.success(request, _("The claim is settled."))
    return redirect(reverse("purchase-orders") + "#claims")
