"""Deliveries that are not done: who has them, which are late, and who should have them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand import api as brands
from datong.channels.console import words
from datong.channels.console.delivery.words import OUTCOME, WAY
from datong.channels.console.shell import desk, page, require
from datong.channels.console.who import Who
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import Delivery, Outcome, Pace, TaskState
from datong.kernel import clock
from datong.kernel.errors import Conflict, NotFound

WEEK = timedelta(days=7)
STAYS = (TaskState.HANDED_OVER,)


@require_safe
@desk(Action.DELIVERY_VIEW)
def delivery(request: HttpRequest, who: Who) -> HttpResponse:
    """What is on its way, by the promise; late ones first to be seen."""
    mine = None if who.stores is None else sorted(who.stores)
    found = fulfilment.open_deliveries(who.brand.id, mine)
    found = [each for each in found if each.note.store_id not in who.staff.hidden_store_ids]
    stores = brands.stores_by_id(who.brand.id, {each.note.store_id for each in found})
    people = {one.id: one for one in fulfilment.couriers_of(who.brand.id)}
    now = clock.now()
    paces = fulfilment.paces_of(who.brand.id)
    rows = [_row(each, who, stores, people, paces) for each in found]
    late = sum(1 for row in rows if row["risk"] == "late")
    back = sum(1 for each in found if each.outcome is Outcome.RETURNED)
    lead = ngettext("%(n)s delivery is not done", "%(n)s deliveries are not done", len(found)) % {"n": len(found)}
    lead += _("; %(late)s late now, %(back)s came back.") % {"late": late, "back": back}
    choices = [("", _("Nobody yet")), *((str(one.id), _named(one)) for one in people.values() if one.active)]
    shares = fulfilment.on_time(who.brand.id, now - WEEK, now, mine)
    names = brands.stores_by_id(who.brand.id, {one.store_id for one in shares})
    measured = [
        {"store": names.get(one.store_id), "done": one.done, "share": one.in_time / one.done} for one in shares
    ]  # fmt: skip
    given = {
        "measured": measured,
        "rows": rows,
        "lead": lead,
        "couriers": choices,
        "may": who.sees(Action.DELIVERY_ASSIGN),
    }
    return page(request, who, "delivery/board", given)


def _named(one: Any) -> str:
    duty = _("on duty") if one.on_duty else _("off duty")
    return f"{one.name} ({duty}, {one.load}/{one.room})"


def _row(
    each: Delivery, who: Who, stores: dict[UUID, Any], people: dict[UUID, Any], paces: list[Pace]
) -> dict[str, Any]:
    note, pace = each.note, fulfilment.pace_of(paces, each.note.store_id)
    has = people.get(each.courier_id) if each.courier_id else None
    return {
        "delivery": each,
        "note": note,
        "store": stores.get(note.store_id),
        "state": words.word(words.TASK_STATE, note.state),
        "risk": fulfilment.risk_of(pace, note.state, note.distance_m or 0, note.promised_at, clock.now()),
        "outcome": str(OUTCOME.get(each.outcome, "")),
        "way": str(WAY.get(each.way, "")),
        "courier": has,
        "courier_key": str(each.courier_id or ""),
        "moves": note.state not in STAYS and who.may(Action.DELIVERY_ASSIGN, note.store_id),
    }


@require_POST
@desk(Action.DELIVERY_VIEW, write=Action.DELIVERY_ASSIGN)
def assign(request: HttpRequest, who: Who) -> HttpResponse:
    """Give a delivery to a courier, or back to wait."""
    task, courier = _id(request.POST.get("task", "")), request.POST.get("courier", "")
    found = fulfilment.deliveries_by_task(who.brand.id, [task])
    if not found:
        raise NotFound("no such delivery")
    require(who, Action.DELIVERY_ASSIGN, found[0].note.store_id)
    try:
        fulfilment.assign_delivery(
            task, _id(courier) if courier else None, brand=who.brand.id, by=who.staff.username,
            reason=request.POST.get("reason", "")[:300],
        )  # fmt: skip
    except Conflict:
        messages.error(request, _("It has left the store: it stays with who has it."))
    else:
        messages.success(request, _("Noted. The courier sees it on the phone."))
    return redirect("delivery")


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such delivery") from None
