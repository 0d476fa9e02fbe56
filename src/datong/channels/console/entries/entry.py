"""One entry: its code to print, where it leads, who came by it; ending it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types.entries import Entry, EntryType
from datong.catalog import api as catalog
from datong.channels.console.entries.pictures import address
from datong.channels.console.entries.words import KIND, opens_said, state_badge
from datong.channels.console.invoices.code import code_of
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel import clock
from datong.kernel.errors import NotFound

DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ENTRIES_VIEW, write=Action.ENTRIES_EDIT)
def entry(request: HttpRequest, who: Who, entry_id: UUID) -> HttpResponse:
    """POST ends it or lets it be used again."""
    found = entry_of(who, entry_id)
    if request.method == "POST":
        require(who, Action.ENTRIES_EDIT, found.store_id)
        active = request.POST.get("do") == "open"
        brands.switch_entry(who.brand.id, entry_id, active=active, by=who.staff.username)
        messages.success(request, _("It is used again.") if active else _("Ended: a scan says so from now on."))
        return redirect("entry", entry_id)
    days = brands.scans_by_day(
        who.brand.id, entry_id, since=clock.now() - timedelta(days=DAYS), zone=who.brand.timezone
    )
    visits = sum(day.visits for day in days)
    said = ngettext("%(n)s visit in 90 days.", "%(n)s visits in 90 days.", visits) % {"n": number(visits)}
    text = address(request, who.brand.slug, found, gtin_of(who, found))
    given = {
        "e": found,
        "kind": KIND[found.kind],
        "opens": opens_said(found),
        "badge": state_badge(found, clock.now()),
        "store": next((one.name for one in stores_of(who) if one.id == found.store_id), ""),
        "lead": said,
        "days": days,
        "address": text,
        "code": code_of(text),
        "may": who.may(Action.ENTRIES_EDIT, found.store_id),
    }
    return page(request, who, "entries/entry", given)


def entry_of(who: Who, entry_id: UUID) -> Entry:
    """The entry; NotFound for another store's."""
    found = brands.entries_by_id(who.brand.id, [entry_id]).get(entry_id)
    if found is None or (who.stores is not None and found.store_id not in who.stores):
        raise NotFound(_("No code of that kind here."))
    return found


def gtin_of(who: Who, found: Entry) -> str:
    if found.kind is not EntryType.PRODUCT:
        return ""
    item = catalog.items_by_sku(who.brand.id, [found.target]).get(found.target)
    return item.gtin if item else ""
