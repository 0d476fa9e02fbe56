"""What sync does when something happened: the channels' rows are marked, nothing is sent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from datong.catalog.api import items_by_sku, products_by_code
from datong.fulfilment.api import tasks_of
from datong.kernel import clock
from datong.kernel.db import current_brand
from datong.kernel.ids import time_of
from datong.kernel.relay import Consumer, Delivered
from datong.orders.api import origins, wanted
from datong.sync import api
from datong.sync.types import Kind

DONE_FROM = {
    "accepted": ("accepted", "ready", "handed_over", "done"),
    "ready": ("ready", "handed_over", "done"),
    "handed_over": ("handed_over", "done"),
    "done": ("done",),
}
WIDE = frozenset({"inventory.stock_loaded", "brand.channel_changed", "brand.stores_changed"})
QUEUE = frozenset({"orders.waiting", "orders.cancelled"})
"""What such an order waited for is promised to it, or is not any more."""
KIND_OF = {
    "accepted": Kind.ACCEPTED,
    "ready": Kind.READY,
    "handed_over": Kind.SHIPPED,
    "done": Kind.DELIVERED,
}


def mark_stock(events: Sequence[Delivered]) -> None:
    """Whatever the figures in the events say: the newest is read when it is sent."""
    brand = current_brand()
    wide = [e for e in events if e.name in WIDE]
    if wide:  # new stock of everything, another buffer, a store that closed
        api.mark_stock(brand, None, at=_at(wide[0]))
        return
    changed: dict[UUID | None, set[UUID]] = {}
    if codes := {e.payload["code"] for e in events if e.name == "catalog.product_changed"}:
        changed[None] = _items_of(brand, codes)  # on sale or not any more, or made of something else
    if orders := {UUID(e.payload["order_id"]) for e in events if e.name in QUEUE}:
        changed.setdefault(None, set()).update(one.item_id for one in wanted(brand, orders))
    for event in events:
        if event.name == "catalog.product_changed" or event.name in QUEUE:
            continue
        place = event.payload["location_id"]
        items = event.payload.get("items") or [event.payload["item_id"]]
        changed.setdefault(UUID(place) if place else None, set()).update(map(UUID, items))
    api.mark_changes(brand, changed, at=_at(events[0]))


def _items_of(brand: UUID, codes: Collection[str]) -> set[UUID]:
    products = products_by_code(brand, codes).values()
    skus = {variant.sku for product in products for variant in product.variants}
    return {item.id for item in items_by_sku(brand, skus).values()}


def mark_prices(events: Sequence[Delivered]) -> None:
    """A price that begins later is told when it begins; a bulk change looks at every product again."""
    brand, now = current_brand(), clock.now()
    if any(e.name == "catalog.put" and e.payload["what"] in ("prices", "price_lists") for e in events):
        api.mark_prices(brand, None, at=_at(events[0]))
        return
    changed: dict[UUID, tuple[datetime, datetime]] = {}
    for event in events:
        if event.name == "catalog.price_changed":
            begins, item = datetime.fromisoformat(event.payload["valid_from"]), UUID(event.payload["item_id"])
            found = (max(begins, now), max(begins, _at(event)))
            changed[item] = min(found, changed.get(item, found))
    api.mark_priced(brand, {item: (at, due) for item, (due, at) in changed.items()})


def mark_texts(events: Sequence[Delivered]) -> None:
    """A product changed: where its title or description is ours to say, it may be another."""
    brand = current_brand()
    items = _items_of(brand, {event.payload["code"] for event in events})
    api.mark_texts(brand, items, at=_at(events[0]))


def say_steps(events: Sequence[Delivered]) -> None:
    """How an order goes on, in the words of the channel it came from. A split order has come so far when all of its
    stores have."""
    brand = current_brand()
    by_order = {UUID(e.payload["order_id"]): e for e in events}
    known = origins(brand, list(by_order))
    states: dict[UUID, list[str]] = {}
    for task in tasks_of(brand, list(known)):
        if task.state.value not in ("cancelled", "refused"):
            states.setdefault(task.order_id, []).append(task.state.value)
    steps = []
    for event in events:
        order = known.get(UUID(event.payload["order_id"]))
        if order is None:
            continue
        facts = {"fulfilment": order.fulfilment, "number": order.number}
        kind = _kind(event, states.get(order.order_id, []))
        if kind is None:
            continue
        names = ("carrier", "tracking", "reason", "amount_minor", "currency")
        facts |= {name: event.payload[name] for name in names if event.payload.get(name)}
        place = {"place": event.id} if kind is Kind.REFUNDED else {}
        step = api.Step(order.channel_id, kind, order.order_id, order.external_id, facts, _at(event), **place)
        steps.append(step)
    api.say(brand, steps)


def _kind(event: Delivered, states: Sequence[str]) -> Kind | None:
    if event.name == "orders.cancelled":
        return Kind.CANCELLED
    if event.name == "payments.refunded":
        return Kind.REFUNDED
    state = event.payload["state"]
    if state not in KIND_OF or not all(one in DONE_FROM[state] for one in states):
        return None
    return KIND_OF[state]


def _at(event: Delivered) -> datetime:
    return time_of(event.id)


CONSUMERS = (
    Consumer(
        "sync.stock",
        mark_stock,
        WIDE | QUEUE | {"inventory.stock_changed", "inventory.sold_out_changed", "catalog.product_changed"},
    ),
    Consumer("sync.prices", mark_prices, frozenset({"catalog.price_changed", "catalog.put"})),
    Consumer("sync.texts", mark_texts, frozenset({"catalog.product_changed"})),
    Consumer("sync.steps", say_steps, frozenset({"fulfilment.task_changed", "orders.cancelled", "payments.refunded"})),
)
