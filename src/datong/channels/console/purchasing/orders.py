"""Purchase orders 采购单 and what came of them: approval, sending, receipts by phone, claims, goods bought outright."""

from __future__ import annotations

from typing import Any
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
from datong.channels.console.purchasing.common import HUE, claim_word, state_word, tabs
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.typed import said
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.pages import read_cursor, write_cursor
from datong.purchasing import api as purchasing
from datong.purchasing.types import ENDED, OrderState, PurchaseOrder

PAGE = 30
OPEN = (OrderState.APPROVED, OrderState.SENT, OrderState.CONFIRMED)


@require_safe
@desk(Action.PURCHASING_VIEW)
def orders(request: HttpRequest, who: Who) -> HttpResponse:
    stores = {s.id: s for s in stores_of(who)}
    found = purchasing.orders(
        who.brand.id,
        stores=None if who.stores is None else list(stores),
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
        "older": f"?before={write_cursor(found[-1].id)}" if len(found) == PAGE else "",
    }  # fmt: skip
    return page(request, who, "purchasing/orders", given)


@require_safe
@desk(Action.PURCHASING_VIEW)
def order(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    return _show(request, who, _find(who, order_id), {})


@require_POST
@desk(Action.PURCHASING_VIEW)
def act(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    """Submit, send, confirm, receive, close or call off."""
    found, verb, by = _find(who, order_id), request.POST.get("do", ""), who.staff.username
    brand = who.brand.id
    if verb == "receive":
        require(who, Action.PURCHASING_RECEIVE, found.store_id)
    else:
        require(who, Action.PURCHASING_EDIT)
    try:
        if verb == "submit":
            state = purchasing.submit_order(brand, order_id, by=who.staff).state
            waits = _("It is above your limit: a second person is asked.")
            messages.success(request, waits if state is OrderState.ASKED else _("The order is approved."))
        elif verb == "receive":
            good, bad = _units(request, found, "good"), _units(request, found, "bad")
            key = request.POST.get("key", "")
            purchasing.receive_goods(brand, order_id, good, damaged=bad, by=by, key=key)
            n = sum(good.values())
            text = ngettext("%(n)s unit is on the shelf.", "%(n)s units are on the shelf.", n) % {"n": number(n)}
            messages.success(request, text)
        elif verb in VERBS:
            VERBS[verb](brand, order_id, by=by)
            messages.success(request, _("Done."))
    except BadInput as error:
        return _show(request, who, found, {"": said(error)})
    return redirect("purchase-order", order_id=order_id)


VERBS = {
    "send": purchasing.send_order,
    "confirm": purchasing.confirm_order,
    "close": purchasing.close_order,
    "cancel": purchasing.cancel_order,
}


@require_safe
@desk(Action.PURCHASING_VIEW)
def as_csv(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    """The order as the file a supplier gets."""
    found = _find(who, order_id)
    # Spreadsheets take a file without this mark for an old code page and spoil every Chinese name.
    text = "\ufeff" + purchasing.order_text(who.brand.id, order_id)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return response


@require_POST
@desk(Action.PURCHASING_VIEW)
def settle(request: HttpRequest, who: Who, claim_id: UUID) -> HttpResponse:
    """A claim is settled: credited, delivered or taken back."""
    require(who, Action.PURCHASING_EDIT)
    note = request.POST.get("note", "").strip()
    purchasing.settle_claim(who.brand.id, claim_id, by=who.staff.username, note=note)
    messages.success(request, _("The claim is settled."))
    return redirect(reverse("purchase-orders") + "#claims")


def _units(request: HttpRequest, found: PurchaseOrder, kind: str) -> dict[UUID, int]:
    units = {}
    for line in found.lines:
        text = request.POST.get(f"{kind}-{line.item_id}", "").strip() or "0"
        if not text.isdecimal() or len(text) > 7:
            raise BadValue("lines", text, _("A whole number of units for each line; 0 for none."))
        units[line.item_id] = int(text)
    return units


def _find(who: Who, order_id: UUID) -> PurchaseOrder:
    found = purchasing.order_of(who.brand.id, order_id)
    if who.stores is not None and found.store_id not in who.stores:
        raise NotFound(f"no purchase order {order_id}")
    return found


def _show(request: HttpRequest, who: Who, o: PurchaseOrder, errors: dict[str, str]) -> HttpResponse:
    known = catalog.items_by_id(who.brand.id, [x.item_id for x in o.lines])
    supplier = next(iter(purchasing.suppliers(who.brand.id, ids=[o.supplier_id])), None)
    claims = purchasing.claims(who.brand.id, order_id=o.id)
    edit = who.may(Action.PURCHASING_EDIT)
    receiving = o.state in OPEN and who.may(Action.PURCHASING_RECEIVE, o.store_id)
    given: dict[str, Any] = {
        "o": o,
        "supplier": supplier,
        "store": next((s for s in stores_of(who) if s.id == o.store_id), None),
        "state": state_word(o.state),
        "hue": HUE[o.state],
        "total": o.total_minor,
        "lines": [
            {"x": x, "title": title_of(known[x.item_id]), "sku": known[x.item_id].sku, "sum": x.units * x.price_minor,
             "good": f"good-{x.item_id}", "bad": f"bad-{x.item_id}",
             "good_typed": request.POST.get(f"good-{x.item_id}", ""),
             "bad_typed": request.POST.get(f"bad-{x.item_id}", "")}
            for x in o.lines if x.item_id in known
        ],
        "claims": [{"c": c, "kind": claim_word(c.kind),
                    "title": title_of(known[c.item_id]) if c.item_id in known else ""} for c in claims],
        "edit": edit,
        "may_submit": edit and o.state is OrderState.DRAFT,
        "may_send": edit and o.state is OrderState.APPROVED,
        "may_confirm": edit and o.state is OrderState.SENT,
        "may_close": edit and o.state in OPEN,
        "may_cancel": edit and o.state not in ENDED
        and not any(x.received or x.damaged for x in o.lines),
        "receiving": receiving,
        "errors": errors,
        "key": str(uuid7()),
        "currency": who.brand.currency,
    }  # fmt: skip
    return page(request, who, "purchasing/order", given, status=422 if errors else 200)
