"""The printers of a store: set up, tried, taken away; what they printed; every store's that do not answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access.types import Action
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.store.board import task_id as read_id
from datong.channels.store.place import screen, store_here
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Printer, PrinterKind, TicketState
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7
from datong.orders import api as orders

MOST_PRINTERS = 20


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.ORDERS_VIEW, write=Action.TILLS_MANAGE)
def printers(request: HttpRequest, who: Who) -> HttpResponse:
    """GET: the printers and what they were given. POST: put one, or take one away."""
    store = store_here(request, who)
    mine = fulfilment.printers_of(who.brand.id, [store.id])
    given: dict[str, Any] = {"errors": {}, "typed": {"port": "9100", "columns": "32"}}
    if request.method == "POST":
        require(who, Action.TILLS_MANAGE, store.id)
        here = redirect(f"{reverse('store-printers')}?store={store.code}")
        if gone := request.POST.get("remove"):
            fulfilment.remove_printer(who.brand.id, read_id(gone), store_id=store.id, by=who.staff.username)
            messages.success(request, _("The printer is taken away."))
            return here
        try:
            if not request.POST.get("id") and len(mine) >= MOST_PRINTERS:
                raise BadInput(_("A store has at most twenty printers."))
            wanted = _printer(request, store.id)
            fulfilment.put_printer(who.brand.id, wanted, by=who.staff.username, anywhere=settings.PRINTERS_ANYWHERE)
        except BadInput as error:
            given |= {"errors": {one.field: _said(one.code) for one in error.problems}, "typed": request.POST}
        else:
            messages.success(request, _("Saved. The next order that is accepted prints there."))
            return here
    words = {
        TicketState.WAITING: pgettext("ticket", "waiting"),
        TicketState.PRINTED: pgettext("ticket", "printed"),
        TicketState.FAILED: pgettext("ticket", "given up"),
        TicketState.DROPPED: pgettext("ticket", "not needed any more"),
    }
    names = {one.id: one.name for one in mine}
    log = fulfilment.tickets_of(who.brand.id, store.id)
    given |= {
        "printers": mine,
        "log": [{"ticket": one, "printer": names.get(one.printer_id, ""), "state": words[one.state]} for one in log],
        "may_manage": who.may(Action.TILLS_MANAGE, store.id),
        "widths": [("32", _("58 mm paper (32 characters)")), ("48", _("80 mm paper (48 characters)"))],
    }
    return screen(request, who, store, "printers", given, status=422 if given["errors"] else 200)


@require_POST
@desk(Action.ORDERS_VIEW, write=Action.ORDERS_ACT)
def again(request: HttpRequest, who: Who, task_id: UUID) -> HttpResponse:
    """Print an order's ticket once more."""
    store = store_here(request, who)
    require(who, Action.ORDERS_ACT, store.id)
    found = fulfilment.find_called(who.brand.id, store.id, task_id)
    tasks = [one for one in fulfilment.tasks_of(who.brand.id, [found.order_id]) if one.id == found.task_id]
    if not tasks:
        raise NotFound("no such task")
    made = orders.print_again(tasks[0], brand=who.brand.id, by=who.staff.username)
    if made:
        messages.success(request, _("It is printed again."))
    else:
        messages.error(request, _("No printer of this store prints any of it."))
    return redirect(f"{reverse('store-task', args=[task_id])}?store={store.code}")


@require_safe
@desk(Action.STORES_VIEW)
def everywhere(request: HttpRequest, who: Who) -> HttpResponse:
    """The printers of all stores, those that do not answer first."""
    stores = {store.id: store for store in stores_of(who)}
    found = fulfilment.printers_of(who.brand.id, None if who.stores is None else sorted(stores), limit=500)
    mine = [one for one in found if one.store_id in stores]
    mine.sort(key=lambda one: (one.failing_since is None, stores[one.store_id].name, one.name))
    rows = [{"printer": one, "store": stores[one.store_id]} for one in mine]
    return page(request, who, "printers", {"rows": rows, "failing": sum(bool(one.failing_since) for one in mine)})


def _printer(request: HttpRequest, store_id: UUID) -> Printer:
    said = request.POST
    port, columns = said.get("port", ""), said.get("columns", "")
    return Printer(
        read_id(said["id"]) if said.get("id") else uuid7(),
        store_id,
        said.get("name", "").strip()[:100],
        PrinterKind.NETWORK,
        said.get("host", "").strip()[:120],
        int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0,
        tuple(filter(None, (part.strip() for part in said.get("categories", "")[:1000].split(",")))),
        int(columns) if columns in ("32", "42", "48") else 0,
    )


def _said(code: str) -> str:
    if code == "not_private":
        return _("An address of the store's own network, such as 192.168.1.50.")
    return _("This cannot be used. Check what you entered.")
