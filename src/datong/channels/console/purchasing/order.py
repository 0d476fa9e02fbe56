"""One purchase order 采购单: where it stands, what became of it, its lines; approval, calling off, closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console.places import stores_of
from datong.channels.console.purchasing.common import HUE, OPEN, claim_word, state_word, step_of
from datong.channels.console.purchasing.mailing import letter, subject_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.choice import guard
from datong.channels.console.stock.typed import errors_of
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.kernel.errors import BadInput, Unavailable
from datong.purchasing import api as purchasing
from datong.purchasing.types import ENDED, OrderState, PurchaseOrder


@require_safe
@desk(Action.PURCHASING_VIEW)
def order(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    return show(request, who, find(who, order_id), {})


@require_POST
@desk(Action.PURCHASING_VIEW, write=Action.PURCHASING_EDIT)
def act(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    """Submit, note as sent, confirm, close or call off."""
    found, verb, by = find(who, order_id), request.POST.get("do", ""), who.staff.username
    require(who, Action.PURCHASING_EDIT)
    try:
        if verb == "submit":
            state = purchasing.submit_order(who.brand.id, order_id, by=who.staff).state
            waits = _("It is above your limit: a second person is asked.")
            messages.success(request, waits if state is OrderState.ASKED else _("The order is approved."))
        elif verb in VERBS:
            VERBS[verb](who.brand.id, order_id, by=by)
            messages.success(request, _("Done."))
    except BadInput as error:
        return show(request, who, found, errors_of(error))
    return redirect("purchase-order", order_id=order_id)


VERBS = {
    "send": purchasing.send_order,
    "confirm": purchasing.confirm_order,
    "close": purchasing.close_order,
    "cancel": purchasing.cancel_order,
}


@require_POST
@desk(Action.PURCHASING_VIEW, write=Action.PURCHASING_EDIT)
def mail(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    """Send it; what went wrong stands beside the field, and what was typed stays."""
    found, post = find(who, order_id), request.POST
    require(who, Action.PURCHASING_EDIT)
    try:
        purchasing.mail_order(
            who.brand.id,
            order_id,
            to=post.get("to", ""),
            subject=subject_of(who, found),
            body=post.get("body", ""),
            by=who.staff.username,
            reply_to=getattr(request.user, "email", ""),
            language=get_language() or "en",
            key=post.get("key", ""),
        )
    except BadInput as error:
        return show(request, who, found, errors_of(error))
    except Unavailable as error:
        return show(request, who, found, {"mail": str(error)})
    messages.success(request, _("The order is on its way to %(to)s.") % {"to": post.get("to", "").strip()})
    return redirect("purchase-order", order_id=order_id)


@require_safe
@desk(Action.PURCHASING_VIEW)
def as_csv(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    """The order as the file a supplier gets."""
    found = find(who, order_id)
    # Spreadsheets take a file without this mark for an old code page and spoil every Chinese name.
    text = "\ufeff" + purchasing.order_text(who.brand.id, order_id)
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.csv"'
    return response


@require_safe
@desk(Action.PURCHASING_VIEW)
def as_pdf(request: HttpRequest, who: Who, order_id: UUID) -> HttpResponse:
    """The order on paper, in the reader's language."""
    found = find(who, order_id)
    content = purchasing.order_pdf(who.brand.id, order_id, language=get_language() or "en")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response


def find(who: Who, order_id: UUID) -> PurchaseOrder:
    found = purchasing.order_of(who.brand.id, order_id)
    guard(who, f"no purchase order {order_id}", found.store_id)
    return found


def show(request: HttpRequest, who: Who, o: PurchaseOrder, errors: Mapping[str, str]) -> HttpResponse:
    known = catalog.items_by_id(who.brand.id, [x.item_id for x in o.lines])
    supplier = next(iter(purchasing.suppliers(who.brand.id, ids=[o.supplier_id])), None)
    claims = purchasing.claims(who.brand.id, order_id=o.id)
    edit = who.may(Action.PURCHASING_EDIT)
    given: dict[str, Any] = {
        "o": o,
        "supplier": supplier,
        "store": next((s for s in stores_of(who) if s.id == o.store_id), None),
        "state": state_word(o.state),
        "hue": HUE[o.state],
        "total": o.total_minor,
        "lines": [
            {"x": x, "title": title_of(known[x.item_id]), "sku": known[x.item_id].sku, "sum": x.units * x.price_minor}
            for x in o.lines if x.item_id in known
        ],
        "claims": [{"c": c, "kind": claim_word(c.kind),
                    "title": title_of(known[c.item_id]) if c.item_id in known else ""} for c in claims],
        "timeline": [step_of(step, who.brand.currency) for step in purchasing.history(who.brand.id, o)],
        "may_submit": edit and o.state is OrderState.DRAFT,
        "may_confirm": edit and o.state is OrderState.SENT,
        "may_close": edit and o.state in OPEN,
        "may_cancel": edit and o.state not in ENDED and not any(x.received or x.damaged for x in o.lines),
        "receiving": o.state in OPEN and who.may(Action.PURCHASING_RECEIVE, o.store_id),
        "letter": letter(request, who, o, supplier, errors) if edit and supplier and o.state in OPEN else None,
        "errors": errors,
        "currency": who.brand.currency,
    }  # fmt: skip
    return page(request, who, "purchasing/order", given, status=422 if errors else 200)
