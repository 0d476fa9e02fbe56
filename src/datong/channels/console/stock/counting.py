"""Counts 盘点 on a phone: scan, type the units, next. Nobody sees what the books say until it is closed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.choice import chosen, guard, older, options, within
from datong.channels.console.stock.shelf import HUE, state_word, tabs
from datong.channels.console.stock.typed import item_of, said
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.inventory import api as inventory
from datong.inventory.types import CountView
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.ids import uuid7
from datong.kernel.pages import read_cursor

PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.STOCK_VIEW, write=Action.STOCK_COUNT)
def counts(request: HttpRequest, who: Who) -> HttpResponse:
    store = chosen(who, request.POST or request.GET)
    if request.method == "POST":
        if store is None:
            messages.error(request, _("Choose a store first."))
            return redirect("counts")
        require(who, Action.STOCK_COUNT, store.id)
        title = request.POST.get("title", "")
        made = inventory.open_count(who.brand.id, store.id, by=who.staff.username, title=title)
        return redirect("count", count_id=made.id)
    found = inventory.counts(
        who.brand.id,
        locations=within(who, store),
        before=read_cursor(request.GET.get("before", "")),
        limit=PAGE,
    )
    names = {s.id: s for s in stores_of(who)}
    going = sum(c.state == "open" for c in found)
    lead = ngettext("%(n)s count is going on.", "%(n)s counts are going on.", going) % {"n": number(going)}
    given = {
        "lead": lead if going else _("No count is going on."),
        "store": store,
        "stores": options(who),
        "tabs": tabs("counts", store),
        "rows": [
            {"c": c, "store": names.get(c.location_id), "state": state_word(c.state), "hue": HUE.get(c.state, "")}
            for c in found
        ],
        "may": store is not None and who.may(Action.STOCK_COUNT, store.id),
        "older": older(found, PAGE, store),
    }
    return page(request, who, "stock/counts", given)


@require_safe
@desk(Action.STOCK_VIEW)
def count(request: HttpRequest, who: Who, count_id: UUID) -> HttpResponse:
    """Counting while it is open, the differences once it is closed."""
    return _show(request, who, _find(who, count_id), {})


@require_POST
@desk(Action.STOCK_VIEW, write=Action.STOCK_COUNT)
def tally(request: HttpRequest, who: Who, count_id: UUID) -> HttpResponse:
    """One entry; the next field is ready to be scanned into."""
    found = _find(who, count_id)
    require(who, Action.STOCK_COUNT, found.location_id)
    text = request.POST.get("units", "").strip() or "1"
    try:
        if not text.removeprefix("-").isdecimal() or len(text) > 8:
            raise BadValue("units", text, _("A whole number of units; with a minus to take back a mistake."))
        item = item_of(who, request.POST.get("sku", ""))
        key = request.POST.get("key", "")
        inventory.tally(who.brand.id, count_id, item.id, int(text), by=who.staff.username, key=key)
    except BadInput as error:
        return _show(request, who, found, {p.field: said(error) for p in error.problems})
    return redirect("count", count_id=count_id)


@require_POST
@desk(Action.STOCK_VIEW, write=Action.STOCK_COUNT)
def close(request: HttpRequest, who: Who, count_id: UUID) -> HttpResponse:
    """Close it: the differences are booked, or wait for a second person; or give it up."""
    found = _find(who, count_id)
    require(who, Action.STOCK_COUNT, found.location_id)
    if request.POST.get("do") == "drop":
        inventory.drop_count(who.brand.id, count_id, by=who.staff.username)
        messages.success(request, _("The count is given up; nothing was changed."))
        return redirect("counts")
    made = inventory.close_count(who.brand.id, count_id, by=who.staff)
    if made is None:
        text = _("Everything counted is as the books say.")
    elif made.state == "pending":
        text = _("The differences are worth more than you may book alone: a second person is asked.")
    else:
        text = _("The differences are booked.")
    messages.success(request, text)
    return redirect("count", count_id=count_id)


def _find(who: Who, count_id: UUID) -> CountView:
    found = inventory.count_view(who.brand.id, count_id)
    guard(who, f"no count {count_id}", found.location_id)
    return found


def _show(request: HttpRequest, who: Who, found: CountView, errors: dict[str, str]) -> HttpResponse:
    store = next((s for s in stores_of(who) if s.id == found.location_id), None)
    lines = inventory.count_lines(who.brand.id, found.id)
    entries = inventory.tallies(who.brand.id, found.id, limit=8)
    items = catalog.items_by_id(who.brand.id, [x.item_id for x in lines])
    n = len(lines)
    given: dict[str, Any] = {
        "c": found,
        "store": store,
        "title": found.title or _("Count"),
        "lead": f"{store.name if store else ''} · "
        + ngettext("%(n)s product counted", "%(n)s products counted", n) % {"n": number(n)},
        "state": state_word(found.state),
        "hue": HUE.get(found.state, ""),
        "lines": [
            {"title": title_of(items[x.item_id]), "sku": items[x.item_id].sku, "x": x}
            for x in sorted(lines, key=lambda x: (-abs(x.value_minor), -abs(x.difference)))
            if x.item_id in items
        ],
        "entries": [
            {"title": title_of(items[item]), "sku": items[item].sku, "units": units, "by": by, "at": at}
            for _id, item, units, by, at in entries
            if item in items
        ],
        "may": found.state == "open" and who.may(Action.STOCK_COUNT, found.location_id),
        "errors": errors,
        "typed": request.POST if errors else {},
        "key": str(uuid7()),
        "currency": who.brand.currency,
        "back": reverse("counts") + (f"?store={store.code}" if store else ""),
    }
    return page(request, who, "stock/count", given, status=422 if errors else 200)
