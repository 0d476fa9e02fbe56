"""The courier's page and what its scripts ask and tell."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from datong.access.types import Action
from datong.brand.types import Store
from datong.channels.console.shell import STATUS, brand_css, desk, theme_of
from datong.channels.console.who import Who
from datong.channels.courier.words import words
from datong.channels.design import maps
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import (
    Act,
    ActKind,
    ActTold,
    Courier,
    Delivery,
    Failure,
    Note,
    Outcome,
    Stop,
    StopKind,
    TaskState,
)
from datong.kernel.errors import BadValue, DatongError, NotFound
from datong.kernel.geo import Point

FRESH = {"Cache-Control": "no-store"}


@require_safe
@desk(Action.COURIER_USE)
def courier(request: HttpRequest, who: Who) -> HttpResponse:
    """The same for every courier of the brand: what differs is asked for."""
    facts = {
        "courier": who.name,
        "csrf": get_token(request),
        "here": reverse("courier"),
        "worker": reverse("courier-worker"),
        "round": reverse("courier-round"),
        "acts": reverse("courier-acts"),
        "position": reverse("courier-position"),
        "reasons": [reason.value for reason in Failure],
    }
    given = {"who": who, "language": get_language(), "theme": theme_of(request), "brand_css": brand_css(who.brand),
             "words": words(), "facts": facts}  # fmt: skip
    answer = render(request, "courier/courier.html", given)
    answer["Cache-Control"] = "no-cache, private"
    answer["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(self)"
    return answer


@require_safe
@desk(Action.COURIER_USE)
def tasks(request: HttpRequest, who: Who) -> HttpResponse:
    """What the courier has to do, in order, and what waits for somebody."""
    try:
        me = fulfilment.courier_of_user(who.brand.id, who.staff.user_id)
    except NotFound:
        return JsonResponse({"courier": None, "stops": [], "open": [], "map": ""}, headers=FRESH)
    stops, found, stores = fulfilment.round_of(who.brand.id, me, start=_start(request))
    told = {
        "courier": {"name": me.name, "on_duty": me.on_duty, "owes": fulfilment.cash_owed(who.brand.id).get(me.id, 0)},
        "currency": who.brand.currency,
        "stops": [_stop(stop, found[stop.task_id], stores.get(found[stop.task_id].note.store_id)) for stop in stops],
        "open": [_waiting(each) for each in _free(who, me)] if me.on_duty else [],
        "map": _map(stops, found, stores),
    }
    return JsonResponse(told, headers=FRESH)


def _start(request: HttpRequest) -> Point | None:
    """Where the phone is, for the order of the stops only; not kept."""
    try:
        return Point(float(request.GET["lon"]), float(request.GET["lat"]))
    except (KeyError, ValueError, BadValue):
        return None


def _free(who: Who, me: Courier) -> list[Delivery]:
    """Deliveries that the stores accepted and nobody has, for the brand's own couriers to take."""
    if me.company_id is not None or me.load >= me.room:
        return []
    waiting = (TaskState.ACCEPTED, TaskState.READY)
    each = fulfilment.open_deliveries(who.brand.id, limit=100)
    return [one for one in each if one.courier_id is None and one.note.state in waiting and one.way in ("", "own")][:20]


def _waiting(each: Delivery) -> dict[str, Any]:
    note = each.note
    return {"task": str(note.task_id), "number": note.number, "metres": note.distance_m,
            "due_at": note.promised_at and note.promised_at.isoformat()}  # fmt: skip


def _stop(stop: Stop, each: Delivery, store: Store | None) -> dict[str, Any]:
    """A stop as the phone shows it; the customer's code is not told, and the contact only for a door."""
    note, back = each.note, each.outcome is Outcome.RETURNING
    at_store = stop.kind is StopKind.PICKUP or back
    name = store.name if store and at_store else note.contact_name
    address = ", ".join(filter(None, (store.address, store.city))) if store and at_store else note.address
    return {
        "task": str(note.task_id),
        "kind": "return" if back else stop.kind.value,
        "ready": note.state in (TaskState.READY, TaskState.HANDED_OVER),
        "number": note.number,
        "calling": note.calling,
        "name": name,
        "address": address,
        "phone": (store.phone if store else "") if at_store else note.contact_phone,
        "lon": stop.place.lon if stop.place else None,
        "lat": stop.place.lat if stop.place else None,
        "due_at": note.promised_at.isoformat() if note.promised_at else None,
        "goods": [{"title": one.title or one.sku, "units": one.units, "options": ", ".join(one.options)}
                  for one in note.goods],
        "due_minor": note.due_minor,
        "remark": note.remark,
        "again": each.outcome is Outcome.AGAIN,
        "attempts": each.attempts,
    }  # fmt: skip


def _map(stops: list[Stop], found: dict[UUID, Delivery], stores: dict[UUID, Store]) -> str:
    places = [(stop, stop.place) for stop in stops if stop.place is not None]
    if not places:
        return ""
    pins = [
        maps.Pin(place, f"{n}. {_name(found[stop.task_id].note, stop, stores)}",
                 look="chosen" if stop.kind is StopKind.PICKUP else "customer", label=n == 1)
        for n, (stop, place) in enumerate(places, 1)
    ]  # fmt: skip
    ways = [maps.Route(a, b) for (_a, a), (_b, b) in zip(places, places[1:], strict=False) if a != b]
    return render_to_string("design/map.html", {"map": maps.draw(pins, ways, label=_("Your stops on a map"))})


def _name(note: Note, stop: Stop, stores: dict[UUID, Store]) -> str:
    store = stores.get(note.store_id)
    return store.name if store and stop.kind is StopKind.PICKUP else note.number


@require_POST
@desk(Action.COURIER_USE)
def acts(request: HttpRequest, who: Who) -> HttpResponse:
    """What happened, each once by the id the phone minted; what has an answer may be forgotten by the phone."""
    try:
        me = fulfilment.courier_of_user(who.brand.id, who.staff.user_id)
        said = _json(request)
        told = fulfilment.take_acts(
            [_act(one) for one in _list(said)], me, brand=who.brand.id, sent_at=_moment(said.get("sent_at"))
        )
    except DatongError as error:
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        return JsonResponse({"detail": str(error)}, status=status)
    return JsonResponse({"results": [_told(each) for each in told]}, headers=FRESH)


def _told(each: ActTold) -> dict[str, Any]:
    problem = each.problem
    why = {"field": problem.field, "code": problem.code, "fix": problem.fix} if problem else None
    return {"id": str(each.id), "taken": each.taken, "repeat": each.repeat, "problem": why}


def _list(said: dict[str, Any]) -> list[dict[str, Any]]:
    found = said.get("acts")
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadValue("acts", "", "a list of acts")
    return found


def _act(said: dict[str, Any]) -> Act:
    body = said.get("body") or {}
    if not isinstance(body, dict):
        raise BadValue("body", "", "a JSON object")
    try:
        task = UUID(str(said["task"])) if said.get("task") else None
        return Act(UUID(str(said["id"])), ActKind(str(said["kind"])), _moment(said.get("at")), task, body)
    except (KeyError, ValueError):
        raise BadValue("acts", "", "each with id, kind, at") from None


def _moment(text: object) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise BadValue("at", str(text)[:40], "an ISO 8601 time with its zone") from None
    if found.tzinfo is None:
        raise BadValue("at", str(text)[:40], "an ISO 8601 time with its zone")
    return found


@require_POST
@desk(Action.COURIER_USE)
def position(request: HttpRequest, who: Who) -> HttpResponse:
    """Where the courier is; kept only while they bring something, and the phone is told whether it was."""
    try:
        me = fulfilment.courier_of_user(who.brand.id, who.staff.user_id)
        said = _json(request)
        place = Point(float(said.get("lon", "")), float(said.get("lat", "")))
        kept = fulfilment.put_position(me.id, place, brand=who.brand.id)
    except (DatongError, TypeError, ValueError):
        return JsonResponse({"kept": False}, status=422, headers=FRESH)
    return JsonResponse({"kept": kept}, headers=FRESH)


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body)
    except ValueError:
        raise BadValue("body", "", "a JSON object") from None
    if not isinstance(said, dict):
        raise BadValue("body", "", "a JSON object")
    return said
