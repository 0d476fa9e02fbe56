"""Waste 报损 and own use 领用: book it with a reason; much of it waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.choice import chosen, guard, older, options, within
from datong.channels.console.stock.shelf import HUE, state_word, tabs
from datong.channels.console.stock.typed import errors_of, lines_of
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.inventory import api as inventory
from datong.inventory.types import AdjustmentKind, AdjustmentView, value_of
from datong.kernel.errors import BadInput, BadValue
from datong.kernel.ids import uuid7
from datong.kernel.pages import read_cursor

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.STOCK_VIEW, write=Action.STOCK_MOVE)
def write_offs(request: HttpRequest, who: Who) -> HttpResponse:
    store, errors = chosen(who, request.POST or request.GET), {}
    if request.method == "POST":
        try:
            _book(request, who, store)
            return redirect(reverse("write-offs") + (f"?store={store.code}" if store else ""))
        except BadInput as error:
            errors = errors_of(error, rest="lines")
    found = inventory.adjustments(
        who.brand.id,
        locations=within(who, store),
        before=read_cursor(request.GET.get("before", "")),
        limit=PAGE,
    )
    waiting = sum(a.state == "pending" for a in found)
    lead = ngettext("%(n)s booking waits", "%(n)s bookings wait", waiting) % {"n": number(waiting)}
    given = {
        "lead": lead if waiting else _("What left the shelf without being sold, and why."),
        "store": store,
        "stores": options(who),
        "tabs": tabs("write-offs", store),
        "rows": rows_of(who, found),
        "may": store is not None and who.may(Action.STOCK_MOVE, store.id),
        "reasons": _reasons(who),
        "errors": errors,
        "typed": request.POST,
        "key": request.POST.get("key") or str(uuid7()),
        "currency": who.brand.currency,
        "older": older(found, PAGE, store),
    }
    return page(request, who, "stock/write_offs", given, status=422 if errors else 200)


def _book(request: HttpRequest, who: Who, store: Store | None) -> None:
    if store is None:
        raise BadValue("lines", "", _("Choose a store first."))
    require(who, Action.STOCK_MOVE, store.id)
    kind, _sep, reason = request.POST.get("reason", "").partition(":")
    if kind not in (AdjustmentKind.WASTE, AdjustmentKind.OWN_USE):
        raise BadValue("reason", kind, _("Choose why."))
    lines = lines_of(who, request.POST.get("lines", ""))
    done = inventory.write_off(
        who.brand.id,
        store.id,
        list(lines.items()),
        kind=AdjustmentKind(kind),
        reason=reason,
        by=who.staff,
        note=request.POST.get("note", "").strip(),
        key=request.POST.get("key", ""),
    )
    units = sum(lines.values())
    text = ngettext("%(n)s unit is off the books.", "%(n)s units are off the books.", units) % {"n": number(units)}
    if done.state == "pending":
        text = _("It is worth more than you may book alone: a second person is asked.")
    messages.success(request, text)


@require_safe
@desk(Action.STOCK_VIEW)
def adjustment(request: HttpRequest, who: Who, adjustment_id: UUID) -> HttpResponse:
    """One booking: its lines, what they are worth, who asked and who said yes."""
    found = inventory.adjustment(who.brand.id, adjustment_id)
    guard(who, f"no adjustment {adjustment_id}", found.location_id)
    (row,) = rows_of(who, [found])
    items = catalog.items_by_id(who.brand.id, [item for item, _u, _c in found.lines])
    approval = access.approval(who.brand.id, found.approval_id) if found.approval_id else None
    given = {
        **row,
        "lines": [
            {"title": title_of(items[item]) if item in items else str(item), "item": items.get(item), "units": units,
             "value": value_of(units, cost)}
            for item, units, cost in found.lines
        ],
        "approval": approval,
        "currency": who.brand.currency,
    }  # fmt: skip
    return page(request, who, "stock/adjustment", given)


def rows_of(who: Who, found: Sequence[AdjustmentView]) -> list[dict[str, Any]]:
    """Bookings as lists show them; what was refused says so."""
    names = {s.id: s for s in stores_of(who)}
    asked = [a for a in found if a.state == "pending" and a.approval_id]
    decided = {a.id: access.approval(who.brand.id, a.approval_id).state.value for a in asked[:20] if a.approval_id}
    return [
        {
            "a": a,
            "store": names.get(a.location_id),
            "kind": kind_word(a.kind),
            "why": reason_word(a.reason),
            "units": sum(units for _i, units, _c in a.lines),
            "state": state_word(_state(a, decided)),
            "hue": HUE.get(_state(a, decided), ""),
        }
        for a in found
    ]


def _state(a: AdjustmentView, decided: dict[UUID, str]) -> str:
    state = decided.get(a.id, a.state)
    return {"approved": "done"}.get(state, state)


def kind_word(kind: AdjustmentKind) -> str:
    return {
        AdjustmentKind.COUNT: pgettext("stock", "Count"),
        AdjustmentKind.WASTE: pgettext("stock", "Waste"),
        AdjustmentKind.OWN_USE: pgettext("stock", "Own use"),
    }[kind]


def reason_word(code: str) -> str:
    """A reason every brand begins with in the reader's language; the brand's own as it wrote it."""
    return {
        "count": "",
        "expired": _("expired"),
        "damaged": _("damaged"),
        "spoiled": _("spoiled"),
        "stolen": _("stolen"),
        "tasting": _("tasting"),
        "display": _("display"),
        "staff": _("for staff"),
        "cleaning": _("cleaning"),
    }.get(code, code)


def _reasons(who: Who) -> list[tuple[str, str]]:
    return [
        (f"{kind.value}:{r.code}", f"{kind_word(kind)}: {r.name or reason_word(r.code)}")
        for kind in (AdjustmentKind.WASTE, AdjustmentKind.OWN_USE)
        for r in inventory.reasons(who.brand.id, kind)
        if r.active
    ]
