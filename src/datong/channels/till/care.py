"""Who looks after the tills: which there are, when they were last heard of, and what they told that nobody could carry
out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.channels.console.places import stores_of
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.channels.design.formats import number
from datong.kernel.errors import BadInput, Conflict, NotFound
from datong.tills import api as api
from datong.tills.types import Device, FactKind, FactState, Kept


def kind_word(kind: FactKind) -> str:
    return {
        FactKind.SALE: _("Sale"),
        FactKind.RETURN: _("Money given back"),
        FactKind.OPENED: _("Shift opened"),
        FactKind.CASH: _("Cash in or out"),
        FactKind.CLOSED: _("Shift closed"),
        FactKind.HANDED: _("Handed over"),
    }[kind]


@require_safe
@desk(Action.TILLS_MANAGE)
def tills(request: HttpRequest, who: Who) -> HttpResponse:
    stores = {store.id: store for store in stores_of(who)}
    wanted = next((store for store in stores.values() if store.code == request.GET.get("store")), None)
    scope = [wanted.id] if wanted else who.stores
    devices = api.devices_of(who.brand.id, scope)
    found = api.facts_open(who.brand.id, scope)
    live = sum(device.revoked_at is None for device in devices)
    said = ngettext("%(n)s till in use", "%(n)s tills in use", live) % {"n": number(live)}
    waits = ngettext("%(n)s message needs a hand", "%(n)s messages need a hand", len(found)) % {"n": number(len(found))}
    names = {device.id: device.name for device in devices}
    given = {
        "lead": f"{said}, {waits}",
        "store": wanted,
        "open_till": reverse("till") + (f"?store={wanted.code}" if wanted else ""),
        "devices": [_row(device, stores) for device in devices],
        "facts": [_fact(fact, names, stores) for fact in found],
    }
    return page(request, who, "tills", given)


def _row(device: Device, stores: dict[UUID, Any]) -> dict[str, Any]:
    store = stores.get(device.store_id)
    state, hue = (pgettext("till", "in use"), "good") if device.revoked_at is None else (_("taken back"), "neutral")
    return {"d": device, "store": store.name if store else "", "state": state, "hue": hue}


def _fact(fact: Kept, names: dict[UUID, str], stores: dict[UUID, Any]) -> dict[str, Any]:
    store = stores.get(fact.store_id)
    why = [problem.fix for problem in fact.problems] or [_("The till has not had an answer yet and sends it again.")]
    inbox = reverse("inbox-entry", args=[fact.inbox_id]) if fact.inbox_id and fact.order_id is None else ""
    return {
        "f": fact,
        "kind": kind_word(fact.kind),
        "till": names.get(fact.device_id, ""),
        "store": store.name if store else "",
        "why": why,
        "inbox": inbox,
        "refused": fact.state is FactState.REFUSED,
    }


@require_POST
@desk(Action.TILLS_MANAGE)
def act(request: HttpRequest, who: Who) -> HttpResponse:
    """Take a till back, or see to what was refused: try it again, or close it with a word."""
    brand, by, do = who.brand.id, who.staff.username, request.POST.get("do", "")
    about, note = _id(request.POST.get("id", "")), request.POST.get("note", "").strip()
    try:
        if do == "revoke":
            require(who, Action.TILLS_MANAGE, api.get_device(brand, about).store_id)
            api.revoke(brand, about, by=by, reason=note)
            messages.success(request, _("The till was taken back. Its key opens nothing any more."))
        else:
            require(who, Action.TILLS_MANAGE, api.get_fact(brand, about).store_id)
            after = (
                api.try_again(brand, about, by=by) if do == "again" else api.close_fact(brand, about, by=by, note=note)
            )
            done = after.state in (FactState.TAKEN, FactState.CLOSED)
            messages.success(request, _("Settled.")) if done else messages.error(request, after.problems[0].fix)
    except (BadInput, Conflict) as error:
        fixes = "; ".join(problem.fix for problem in error.problems)
        messages.error(request, fixes or str(error))
    return redirect("tills")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such till or message") from None
