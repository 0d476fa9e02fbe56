"""Transfers 调拨 between stores: ask, send, receive with what differs, call off."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.catalog import api as catalog
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.choice import FEW, chosen, guard, older, options, within
from datong.channels.console.stock.shelf import HUE, state_word, tabs
from datong.channels.console.stock.typed import errors_of, lines_of, units_of
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.inventory import api as inventory
from datong.inventory.types import TransferState, TransferView
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.ids import uuid7
from datong.kernel.pages import read_cursor

PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.STOCK_VIEW, write=Action.STOCK_MOVE)
def transfers(request: HttpRequest, who: Who) -> HttpResponse:
    store = chosen(who, request.POST or request.GET)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            return redirect("transfer", transfer_id=_ask(request, who))
        except BadInput as error:
            errors = errors_of(error)
    found = inventory.transfers(
        who.brand.id,
        locations=within(who, store),
        before=read_cursor(request.GET.get("before", "")),
        limit=PAGE,
    )
    names = {s.id: s for s in brands.list_stores(who.brand.id)}
    few = [(s.code, s.name) for s in sorted(names.values(), key=lambda s: s.name)]
    underway = sum(t.state is TransferState.SENT for t in found)
    lead = ngettext("%(n)s transfer is underway.", "%(n)s transfers are underway.", underway) % {"n": number(underway)}
    given = {
        "lead": lead if underway else _("Nothing is underway between stores."),
        "store": store,
        "stores": options(who),
        "others": few if len(few) <= FEW else [],
        "to": request.POST.get("to") or (store.code if store else ""),
        "tabs": tabs("transfers", store),
        "rows": [_row(t, names) for t in found],
        "may": who.sees(Action.STOCK_MOVE),
        "errors": errors,
        "typed": request.POST,
        "key": request.POST.get("key") or str(uuid7()),
        "older": older(found, PAGE, store),
    }
    return page(request, who, "stock/transfers", given, status=422 if errors else 200)


def _ask(request: HttpRequest, who: Who) -> UUID:
    by_code = {s.code: s for s in brands.list_stores(who.brand.id)}
    start, end = by_code.get(request.POST.get("from", "")), by_code.get(request.POST.get("to", ""))
    if start is None:
        raise BadValue("from", request.POST.get("from", ""), _("Choose the store it comes from."))
    if end is None:
        raise BadValue("to", request.POST.get("to", ""), _("Choose the store it goes to."))
    if not who.may(Action.STOCK_MOVE, start.id):
        require(who, Action.STOCK_MOVE, end.id)  # who needs goods may ask for them
    lines = lines_of(who, request.POST.get("lines", ""))
    key, note = request.POST.get("key", ""), request.POST.get("note", "").strip()
    asked = inventory.ask_transfer(who.brand.id, start.id, end.id, lines, by=who.staff.username, note=note, key=key)
    messages.success(request, _("The transfer is asked for."))
    return asked.id


@require_safe
@desk(Action.STOCK_VIEW)
def transfer(request: HttpRequest, who: Who, transfer_id: UUID) -> HttpResponse:
    return _show(request, who, _find(who, transfer_id), {})


@require_POST
@desk(Action.STOCK_VIEW, write=Action.STOCK_MOVE)
def act(request: HttpRequest, who: Who, transfer_id: UUID) -> HttpResponse:
    """Send it, receive it, or call it off; the units of each line as they were typed."""
    found, verb, by = _find(who, transfer_id), request.POST.get("do", ""), who.staff.username
    require(who, Action.STOCK_MOVE, found.to_id if verb == "receive" else found.from_id)
    lines = [line.item_id for line in found.lines]
    try:
        if verb == "send":
            units = units_of(request.POST, "units", lines, needed=True)
            inventory.send_transfer(who.brand.id, transfer_id, by=by, sent=units)
            messages.success(request, _("The goods have left the shelf and are underway."))
        elif verb == "receive":
            units = units_of(request.POST, "units", lines, needed=True)
            inventory.receive_transfer(who.brand.id, transfer_id, by=by, received=units)
            messages.success(request, _("The goods are on the shelf; what is missing is booked as lost on the way."))
        elif verb == "cancel":
            inventory.cancel_transfer(who.brand.id, transfer_id, by=by)
            messages.success(request, _("The transfer is called off."))
    except BadInput as error:
        return _show(request, who, found, errors_of(error))
    return redirect("transfer", transfer_id=transfer_id)


def _find(who: Who, transfer_id: UUID) -> TransferView:
    found = inventory.transfer_view(who.brand.id, transfer_id)
    guard(who, f"no transfer {transfer_id}", found.from_id, found.to_id)
    return found


def _row(t: TransferView, names: dict[UUID, Any]) -> dict[str, Any]:
    units = sum(line.asked if line.sent is None else line.sent for line in t.lines)
    return {
        "t": t,
        "from": names.get(t.from_id),
        "to": names.get(t.to_id),
        "units": units,
        "state": state_word(t.state.value),
        "hue": HUE.get(t.state.value, ""),
    }


def _show(request: HttpRequest, who: Who, t: TransferView, errors: dict[str, str]) -> HttpResponse:
    names = {s.id: s for s in brands.list_stores(who.brand.id)}
    items = catalog.items_by_id(who.brand.id, [line.item_id for line in t.lines])
    asked, sent = t.state is TransferState.ASKED, t.state is TransferState.SENT
    may_send = asked and who.may(Action.STOCK_MOVE, t.from_id)
    may_receive = sent and who.may(Action.STOCK_MOVE, t.to_id)
    given = {
        **_row(t, names),
        "lines": [
            {"title": title_of(items[x.item_id]), "sku": items[x.item_id].sku, "x": x, "name": f"units-{x.item_id}",
             "units": request.POST.get(f"units-{x.item_id}") or (x.asked if asked else x.sent),
             "missing": (x.sent or 0) - x.received if x.received is not None else 0}
            for x in t.lines if x.item_id in items
        ],
        "do": "send" if may_send else "receive" if may_receive else "",
        "may_cancel": (asked or sent) and who.may(Action.STOCK_MOVE, t.from_id),
        "errors": errors,
        "tabs": tabs("transfers", chosen(who, {})),
        "options": options(who),
    }  # fmt: skip
    return page(request, who, "stock/transfer", given, status=422 if errors else 200)
