"""Codes on paper: a sheet of many, and each as a file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types.entries import EntryType
from datong.catalog import api as catalog
from datong.channels.console.entries.entry import entry_of, gtin_of
from datong.channels.console.entries.pictures import TYPES, address, file_of
from datong.channels.console.entries.words import KIND
from datong.channels.console.invoices.code import code_of
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page
from datong.channels.console.who import Who
from datong.kernel import clock
from datong.kernel.errors import NotFound

MOST = 300


@require_safe
@desk(Action.ENTRIES_VIEW)
def sheet(request: HttpRequest, who: Who) -> HttpResponse:
    """The newest entries of a kind and store, to be cut out."""
    kind, store = request.GET.get("kind", ""), request.GET.get("store", "")
    stores = {one.id: one for one in stores_of(who)}
    chosen = {one.id for one in stores.values() if one.code == store} if store else who.stores
    now = clock.now()
    found = brands.list_entries(
        who.brand.id, since=now, kind=kind if kind in set(EntryType) else "", stores=chosen, limit=MOST
    )
    entries = [each.entry for each in found if each.entry.open_at(now) or each.entry.valid_from > now]
    items = catalog.items_by_sku(who.brand.id, {one.target for one in entries if one.kind is EntryType.PRODUCT})
    cards = [
        {
            "e": one,
            "kind": KIND[one.kind],
            "store": stores[one.store_id].name if one.store_id in stores else "",
            "code": code_of(
                address(request, who.brand.slug, one, items[one.target].gtin if one.target in items else "")
            ),
        }
        for one in entries
    ]
    return page(request, who, "entries/print", {"cards": cards})


@require_safe
@desk(Action.ENTRIES_VIEW)
def picture(request: HttpRequest, who: Who, entry_id: UUID, ending: str) -> HttpResponse:
    """The code as SVG or PNG."""
    found = entry_of(who, entry_id)
    if ending not in TYPES:
        raise NotFound("svg or png")
    body = file_of(address(request, who.brand.slug, found, gtin_of(who, found)), ending)
    said = {"Content-Disposition": f'attachment; filename="{found.code}.{ending}"'}
    return HttpResponse(body, content_type=TYPES[ending], headers=said)
