"""The till's page, and what it needs a log-in for: registering, an order that comes back, a discount."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from datong.access import api as access
from datong.access.types import Action
from datong.books.api import faces
from datong.brand.types import Store
from datong.channels.console import words as console
from datong.channels.console.order import visible
from datong.channels.console.places import stores_of
from datong.channels.console.shell import STATUS, brand_css, desk, require, theme_of
from datong.channels.console.who import Who
from datong.channels.till.words import words
from datong.fulfilment.api import ENDED, tasks_of
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.errors import BadValue, DatongError, NotFound
from datong.orders.api import OrderView
from datong.payments import api as payments
from datong.payments.types import PaymentMethod
from datong.tills import api as tills
from datong.tills.types import AT_COUNTER, KIND_OF_DISCOUNT
from datong.wallet.api import stored_policy


@require_safe
@desk(Action.TILLS_USE)
def till(request: HttpRequest, who: Who) -> HttpResponse:
    """The same for every till of the brand: what differs is on the device."""
    mine = [store for store in stores_of(who) if who.may(Action.TILLS_MANAGE, store.id)]
    limit = access.limit_of(who.staff.role, access.limits(who.brand.id, KIND_OF_DISCOUNT))
    facts = {
        "brand": who.brand.name,
        "staff": who.staff.username,
        "name": who.name,
        "currency": who.brand.currency,
        "faces": faces(who.brand.currency),
        "limit": None if limit is None else max(limit, 0),
        "offline_limit": stored_policy(who.brand.id, who.brand.currency).offline_limit_minor,
        "may_register": bool(mine),
        "stores": [{"code": store.code, "name": store.name} for store in mine[:500]],
        "csrf": get_token(request),
        "here": reverse("till"),
        "worker": reverse("till-worker"),
        "register": reverse("till-register"),
        "order": reverse("till-order"),
        "approve": reverse("till-discount"),
        "console": reverse("board"),
    }
    given = {"who": who, "language": get_language(), "theme": theme_of(request), "brand_css": brand_css(who.brand),
             "words": words(), "facts": facts}  # fmt: skip
    answer = render(request, "till/till.html", given)
    answer["Cache-Control"] = "no-cache, private"
    answer["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return answer


@require_POST
@desk(Action.TILLS_USE, write=Action.TILLS_MANAGE)
def register(request: HttpRequest, who: Who) -> HttpResponse:
    """Make this browser a till: told once what it needs to know for ever."""
    try:
        said = _json(request)
        store = _store(who, said.get("store"))
        require(who, Action.TILLS_MANAGE, store.id)
        made = tills.register(who.brand.id, store.id, str(said.get("name", "")), by=who.staff.username)
    except DatongError as error:
        return _refused(error)
    address = ", ".join(filter(None, (store.address, store.city, store.phone)))
    told = {"id": str(made.device.id), "key": made.key, "name": made.device.name, "store": store.code}
    return JsonResponse({**told, "store_name": store.name, "address": address}, headers={"Cache-Control": "no-store"})


@require_safe
@desk(Action.TILLS_USE)
def order(request: HttpRequest, who: Who) -> HttpResponse:
    """An order by its number, with what of its money is left to give back."""
    try:
        found = visible(who, request.GET.get("number", "").strip()[:40])
        require(who, Action.ORDERS_ACT, found.store_id)
    except DatongError as error:
        return _refused(error)
    back = sum(refund.amount_minor for refund in payments.refunds_of(who.brand.id, [found.id]))
    method = PaymentMethod(found.payment)
    lines = [{"title": line.title, "units": line.units, "total_minor": line.total_minor} for line in found.lines]
    return JsonResponse(
        {
            "number": found.number,
            "lines": lines,
            "total_minor": found.total_minor,
            "due_minor": 0 if found.paid else found.total_minor,
            "waits": _waits(who, found, request.GET.get("store", "")),
            "left_minor": found.total_minor - back if found.paid else 0,
            "counter": method in AT_COUNTER,
            "how": str(console.word(console.PAYMENT, method)),
        },
        headers={"Cache-Control": "no-store"},
    )


def _waits(who: Who, found: OrderView, code: str) -> bool:
    """Whether the order waits to be fetched at this store."""
    return any(
        task.kind is FulfilmentKind.PICKUP and task.state not in ENDED and task.store_id == store.id
        for store in stores_of(who)
        if store.code == code
        for task in tasks_of(who.brand.id, [found.id])
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk(Action.TILLS_USE)
def discount(request: HttpRequest, who: Who) -> HttpResponse:
    """POST: ask that so much may be taken off a basket. GET: what became of it."""
    try:
        if request.method == "POST":
            said = _json(request)
            amount = said.get("amount_minor")
            if type(amount) is not int or not 0 < amount < 10**12:
                raise BadValue("amount_minor", amount, _("an amount above 0"))
            store = _store(who, said.get("store"))
            basket = str(said.get("basket", ""))[:40]
            found = tills.ask_discount(who.brand.id, store.id, basket, amount, by=who.staff)
        else:
            found = access.approval(who.brand.id, _id(request.GET.get("id", "")))
            if found.kind != KIND_OF_DISCOUNT or not who.may(Action.TILLS_USE, found.store_id):
                raise NotFound("no such request")
    except DatongError as error:
        return _refused(error)
    told = {"id": str(found.id), "state": found.state.value}
    return JsonResponse(told, headers={"Cache-Control": "no-store"})


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body[:10_000])
    except ValueError:
        raise BadValue("body", "", _("a JSON object")) from None
    if not isinstance(said, dict):
        raise BadValue("body", "", _("a JSON object"))
    return said


def _store(who: Who, code: object) -> Store:
    found = next((store for store in stores_of(who) if store.code == code), None)
    if found is None:
        raise NotFound(_("There is no such store, or it is none of yours."))
    return found


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("no such request") from None


def _refused(error: DatongError) -> JsonResponse:
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    fixes = "; ".join(problem.fix for problem in error.problems)
    return JsonResponse({"detail": fixes or str(error)}, status=status)
