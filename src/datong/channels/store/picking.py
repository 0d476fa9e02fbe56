"""The pick list (拣货单) of many orders at once, and the screen that calls their numbers (取餐屏)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from datong.access.types import Action
from datong.brand.types import Store
from datong.channels.console.shell import desk
from datong.channels.console.who import Who
from datong.channels.store.cards import cards_of
from datong.channels.store.place import screen, store_here
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, TaskState, said
from datong.kernel import clock

MOST_PICKED = 60
MOST_CALLED = 24


@require_safe
@desk(Action.ORDERS_VIEW)
def pick(request: HttpRequest, who: Who) -> HttpResponse:
    """What to take off the shelf for all accepted orders, or for the chosen ones: by product, then by order."""
    store = store_here(request, who)
    shown = [one for one in fulfilment.board_of(who.brand.id, store.id) if one.task.state is TaskState.ACCEPTED]
    cards = cards_of(who, store, shown[:MOST_PICKED], clock.now())
    wanted = set(request.GET.getlist("task"))
    chosen = [card for card in cards if not wanted or card["key"] in wanted]
    given = {
        "cards": [{**card, "chosen": card in chosen} for card in cards],
        "products": added_up(chosen),
        "chosen": chosen,
    }
    return screen(request, who, store, "pick", given)


def added_up(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each product with the same choices once: how many in all, and how many for which order."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for card in cards:
        for line in card["lines"]:
            key = (line["line"].sku, *line["options"])
            one = found.setdefault(key, {"title": line["title"], "options": line["options"], "units": 0, "split": {}})
            one["units"] += line["units"]
            one["split"][card["number"]] = one["split"].get(card["number"], 0) + line["units"]
    for one in found.values():
        one["split"] = list(one["split"].items())
    return sorted(found.values(), key=lambda one: (-one["units"], one["title"]))


@require_safe
@desk(Action.ORDERS_VIEW)
def call(request: HttpRequest, who: Who) -> HttpResponse:
    """The numbers that are being made and that are ready, for a screen the guests see."""
    store = store_here(request, who)
    given = numbers(who.brand.id, store)
    if request.headers.get("HX-Request"):
        return render(request, "store/_call.html", given)
    return screen(request, who, store, "call", given)


def numbers(brand_id: UUID, store: Store) -> dict[str, list[str]]:
    """Numbers only: no name, no code. The longest ready first, so that nobody is overlooked."""
    waiting = [
        one
        for one in fulfilment.board_of(brand_id, store.id)
        if one.number and one.task.kind is not FulfilmentKind.DELIVERY
    ]
    ready = sorted((one for one in waiting if one.task.state is TaskState.READY), key=lambda one: one.moved_at)
    making = [one for one in waiting if one.task.state is TaskState.ACCEPTED]
    return {
        "making": [said(one.number or 0) for one in making[:MOST_CALLED]],
        "ready": [said(one.number or 0) for one in ready[:MOST_CALLED]],
    }
