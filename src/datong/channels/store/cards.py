"""The board's columns: each task as a card that is read from two metres."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from datong.access.types import Action
from datong.brand import api as brands
from datong.brand.types import Store
from datong.catalog import api as catalog
from datong.channels.console import words
from datong.channels.console.contacts import name_for
from datong.channels.console.goods import said as goods
from datong.channels.console.who import Who
from datong.channels.shop.words import title_of
from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Shown, TaskState, said
from datong.kernel import clock
from datong.orders import api as orders
from datong.orders.api import Work, WorkLine

USUAL = timedelta(minutes=20)
"""How long the bar takes to fill where nothing was promised."""
SOON = timedelta(minutes=5)
HANDED = timedelta(hours=2)
COLUMN = {TaskState.NEW: 0, TaskState.ACCEPTED: 1, TaskState.READY: 2}


def columns(who: Who, store: Store) -> list[dict[str, Any]]:
    """New, preparing, ready, handed over; one queue in each, by promise and arrival whatever channel or payment."""
    brand, now = who.brand.id, clock.now()
    waiting = fulfilment.board_of(brand, store.id)
    gone = fulfilment.handed_since(brand, store.id, now - HANDED)
    cards = cards_of(who, store, [*waiting, *gone], now)
    titles = (
        ("new", pgettext("column", "New"), _("New orders stand here, and the screen says so.")),
        ("preparing", pgettext("column", "Preparing"), _("What was accepted and is being made.")),
        ("ready", pgettext("column", "Ready"), _("What waits to be fetched.")),
        ("handed", pgettext("column", "Handed over"), _("What was handed over in the last two hours.")),
    )
    found: list[dict[str, Any]] = [{"key": key, "title": title, "empty": empty, "cards": []}
                                   for key, title, empty in titles]  # fmt: skip
    for card in cards:
        found[COLUMN.get(card["task"].state, 3)]["cards"].append(card)
    return found


def cards_of(who: Who, store: Store, shown: Sequence[Shown], now: datetime) -> list[dict[str, Any]]:
    brand = who.brand.id
    work = orders.work_of(brand, store.id, sorted({one.task.order_id for one in shown}))
    skus = {line.sku for each in work.values() for line in each.lines}
    items, products = catalog.items_by_sku(brand, sorted(skus)), catalog.products_of_skus(brand, sorted(skus))
    channels = {channel.id: channel for channel in brands.list_channels(brand)}
    asked: dict[UUID, list[str]] = {}
    for said_of in orders.questions_of(brand, sorted(work)):
        if said_of.answer is None and said_of.store_id == store.id:
            asked.setdefault(said_of.order_id, []).append(f"{said_of.units} × {said_of.title}")
    here = fulfilment.arrivals_of(brand, [one.task.id for one in shown])
    acts = who.may(Action.ORDERS_ACT, store.id)
    cards = []
    for one in shown:
        made = work.get(one.task.order_id)
        if made is None:
            continue
        channel = channels.get(made.channel_id)
        allergens = sorted({a for line in made.lines if line.sku in products for a in products[line.sku].allergens})
        cards.append(
            {
                "task": one.task,
                "key": one.task.id.hex,
                "number": said(one.number) if one.number else made.number[-4:],
                "work": made,
                "lines": [line_of(line, items) for line in made.lines],
                "allergens": [words.word(goods.ALLERGEN, a) for a in allergens],
                "kind": words.word(words.FULFILMENT, one.task.kind),
                "channel": channel.name if channel else "",
                "customer": name_for(who, made.contact_name, store.id),
                "bar": bar_of(one, now),
                "asked": asked.get(one.task.order_id, []),
                "here": here.get(one.task.id),
                "moved_at": one.moved_at,
                "next": next_of(one.task.state, one.task.kind) if acts else None,
                "fetched": one.task.kind is not FulfilmentKind.DELIVERY,
            }
        )
    return cards


def line_of(line: WorkLine, items: dict[str, Any]) -> dict[str, Any]:
    title = title_of(items[line.sku].titles, line.title) if line.sku in items else line.title
    options = [f"{o.get('title', '')} × {o['units']}" if o.get("units", 1) > 1 else o.get("title", "")
               for o in line.options]  # fmt: skip
    return {"units": line.units, "title": title or line.sku, "options": options, "line": line}


def bar_of(one: Shown, now: datetime) -> dict[str, Any]:
    """How much of the time to the promise is gone: the bar fills, then says how late it is."""
    due = one.task.promised_at or one.opened_at + USUAL
    span = max((due - one.opened_at).total_seconds(), 60.0)
    left = (due - now).total_seconds()
    minutes = int(abs(left)) // 60
    text = _("%(n)s min left") % {"n": minutes} if left >= 0 else _("%(n)s min late") % {"n": minutes}
    look = "late" if left < 0 else "soon" if left < SOON.total_seconds() else ""
    return {"percent": max(0, min(100, round(100 - 100 * left / span))), "text": text, "look": look, "due": due}


def next_of(state: TaskState, kind: FulfilmentKind) -> dict[str, str] | None:
    """The usual next step, as the button says it."""
    if state is TaskState.NEW:
        return {"to": TaskState.ACCEPTED.value, "label": pgettext("step of a store", "Accept"), "icon": "check"}
    if state is TaskState.ACCEPTED:
        return {"to": TaskState.READY.value, "label": pgettext("button of the store screen", "Ready"), "icon": "bell"}
    if state is TaskState.READY and kind is FulfilmentKind.DELIVERY:
        label = _("Hand over to the courier")
        return {"to": TaskState.HANDED_OVER.value, "label": label, "icon": "bike"}
    return None


def one_card(who: Who, store: Store, task_id: UUID) -> dict[str, Any] | None:
    """The card of one task that still waits, or has just left."""
    brand, now = who.brand.id, clock.now()
    shown = [*fulfilment.board_of(brand, store.id, limit=500), *fulfilment.handed_since(brand, store.id, now - HANDED)]
    mine = [one for one in shown if one.task.id == task_id]
    return next(iter(cards_of(who, store, mine, now)), None)


__all__ = ["Work", "cards_of", "columns", "one_card"]
