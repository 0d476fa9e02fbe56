"""Order proposals 补货建议: what should be ordered now, from which figures; reviewed, then drafted as an order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.channels.console.places import stores_of
from datong.channels.console.purchasing.common import model_word, tabs
from datong.channels.console.shell import desk, page, require
from datong.channels.console.stock.typed import said
from datong.channels.console.titles import title_of
from datong.channels.console.who import Who
from datong.channels.design.formats import money, number, percent
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7
from datong.purchasing import api as purchasing
from datong.purchasing.types import Proposal

MOST_GROUPS = 20


@require_safe
@desk(Action.PURCHASING_VIEW)
def proposals(request: HttpRequest, who: Who) -> HttpResponse:
    mine = {s.id: s for s in stores_of(who)}
    found = purchasing.proposals(who.brand.id, stores=None if who.stores is None else list(mine), limit=500)
    known = catalog.items_by_id(who.brand.id, [p.item_id for p in found])
    names = {s.id: s for s in purchasing.suppliers(who.brand.id)}
    groups: dict[tuple[UUID, UUID], list[Proposal]] = {}
    for p in found:
        if p.item_id in known and p.store_id in mine and p.supplier_id in names:
            groups.setdefault((p.store_id, p.supplier_id), []).append(p)
    worth = sum(p.units * p.price_minor for p in found)
    lead = ngettext("%(n)s product should be ordered", "%(n)s products should be ordered", len(found))
    given = {
        "lead": (lead % {"n": number(len(found))} + f" · {money(worth, who.brand.currency)}")
        if found
        else _("Nothing needs to be ordered now."),
        "tabs": tabs("purchasing"),
        "groups": [
            {
                "store": mine[store],
                "supplier": names[supplier],
                "total": sum(p.units * p.price_minor for p in listed),
                "short": max(names[supplier].min_order_minor - sum(p.units * p.price_minor for p in listed), 0),
                "rows": [_row(p, title_of(known[p.item_id]), known[p.item_id].sku) for p in listed],
                "key": str(uuid7()),
            }
            for (store, supplier), listed in list(groups.items())[:MOST_GROUPS]
        ],
        "more": max(len(groups) - MOST_GROUPS, 0),
        "made_at": max((p.made_at for p in found), default=None),
        "has_suppliers": bool(names),
        "may": who.may(Action.PURCHASING_EDIT),
        "currency": who.brand.currency,
    }
    return page(request, who, "purchasing/proposals", given)


def _row(p: Proposal, title: str, sku: str) -> dict[str, Any]:
    facts = p.facts
    model, wape, naive = facts.get("model"), facts.get("wape"), facts.get("naive_wape")
    if model:
        why = f"{number(round(float(facts['forecast'] or 0), 1))} · {model_word(str(model))}"
        error = _("error %(error)s, naive %(naive)s") % {
            "error": percent(float(wape)) if wape is not None else "–",
            "naive": percent(float(naive)) if naive is not None else "–",
        }
    else:
        why, error = _("fixed minimum and maximum"), ""
    coming = int(facts.get("in_transit") or 0) + int(facts.get("on_order") or 0)
    return {"p": p, "title": title, "sku": sku, "why": why, "error": error, "coming": coming,
            "there": int(facts["on_hand"] or 0) - int(facts["held"] or 0), "days": facts["days"],
            "name": f"units-{p.item_id}"}  # fmt: skip


@require_POST
@desk(Action.PURCHASING_VIEW)
def propose(request: HttpRequest, who: Who) -> HttpResponse:
    """Make the proposals anew, from what is there and wanted by now."""
    require(who, Action.PURCHASING_EDIT)
    made = len(purchasing.propose(who.brand.id))
    text = ngettext("%(n)s proposal is made.", "%(n)s proposals are made.", made) % {"n": number(made)}
    messages.success(request, text)
    return redirect("purchasing")


@require_POST
@desk(Action.PURCHASING_VIEW)
def order(request: HttpRequest, who: Who) -> HttpResponse:
    """Draft an order of one store's proposals for one supplier, with the units as they were changed."""
    require(who, Action.PURCHASING_EDIT)
    units: dict[UUID, int] = {}
    try:
        store, supplier = UUID(request.POST.get("store", "")), UUID(request.POST.get("supplier", ""))
        for name in request.POST:
            if name.startswith("units-"):
                units[UUID(name.removeprefix("units-"))] = int(request.POST[name][:7] or "0")
    except ValueError:
        messages.error(request, _("A whole number of units for each line; 0 for none."))
        return redirect("purchasing")
    if who.stores is not None and store not in who.stores:
        raise NotFound("no such store")
    try:
        made = purchasing.order_proposed(
            who.brand.id, store, supplier, units, by=who.staff.username, key=request.POST.get("key", "")
        )
    except BadInput as error:
        messages.error(request, said(error))
        return redirect("purchasing")
    messages.success(request, _("Order %(number)s is drafted.") % {"number": made.number})
    return redirect("purchase-order", order_id=made.id)
