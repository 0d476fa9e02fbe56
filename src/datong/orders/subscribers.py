"""What orders does when something happened: one line each around the verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from datong.brand.api import tree
from datong.fulfilment.api import cancel_tasks, open_tasks, write_notes
from datong.fulfilment.types import FulfilmentKind, Task, TaskState
from datong.inventory.api import release
from datong.kernel.db import current_brand
from datong.kernel.ids import uuid7
from datong.kernel.relay import Consumer, Delivered
from datong.merchants import api as merchants
from datong.orders import api
from datong.wallet import api as wallet

GONE = ("orders.cancelled", "orders.waiting")


def hand_to_stores(events: Sequence[Delivered]) -> None:
    """A placed or assigned order becomes a task at each of its stores; one that lost its store is taken back.

    One that is to be paid first becomes a task when its money is there.
    """
    brand = current_brand()
    gone = [e.aggregate for e in events if e.name in GONE]
    cancel_tasks(gone, brand=brand)
    release([e.aggregate for e in events if e.name == "orders.cancelled"], brand=brand)
    waits = api.unpaid_first(brand, [e.aggregate for e in events if e.name in ("orders.placed", "orders.assigned")])
    tasks = [task for e in events if e.aggregate not in waits for task in _tasks(e)]
    paid = api.ready_orders(brand, [e.aggregate for e in events if e.name == "payments.confirmed"])
    tasks += [
        Task(id=uuid7(), order_id=one.order_id, store_id=store, kind=FulfilmentKind(one.fulfilment),
             promised_at=one.promised_at)
        for one in paid
        for store in one.store_ids
    ]  # fmt: skip
    moved = [e.aggregate for e in events if e.name == "orders.assigned"]
    cancel_tasks(moved, brand=brand, keep=[(task.order_id, task.store_id) for task in tasks])
    notes = api.delivery_notes(brand, {e.aggregate for e in events if e.name not in GONE})
    open_tasks(tasks, brand=brand, notes=notes)
    if not tasks:
        write_notes(notes, brand=brand)
    for e in events:
        if e.name == "orders.units_withdrawn" and e.payload["store_ids"]:
            api.drop_empty_tasks(e.aggregate, [UUID(store) for store in e.payload["store_ids"]], brand=brand)


def _tasks(event: Delivered) -> list[Task]:
    if event.name not in ("orders.placed", "orders.assigned"):
        return []
    if event.name == "orders.placed" and event.payload["state"] not in ("assigned", "completed"):
        return []
    done = event.payload.get("state") == "completed"
    promised = event.payload.get("promised_at")
    return [
        Task(
            id=uuid7(),
            order_id=event.aggregate,
            store_id=UUID(store),
            kind=FulfilmentKind(event.payload["fulfilment"]),
            promised_at=datetime.fromisoformat(promised) if promised else None,
            state=TaskState.DONE if done else TaskState.NEW,
        )
        for store in event.payload.get("store_ids", ())
    ]


def find_another_store(events: Sequence[Delivered]) -> None:
    """A hold that clashed with a counter sale is re-sourced; one that ran out unpaid cancels its order."""
    brand = current_brand()
    by_how: dict[str, list[UUID]] = {}
    for event in events:
        by_how.setdefault(event.payload["how"], []).append(event.aggregate)
    if clashed := by_how.get("clashed"):
        api.resource(clashed, brand=brand, actor="sourcing", why="hold_lost")
    if expired := by_how.get("expired"):
        api.cancel_unpaid(expired, brand=brand, actor="payments")


def follow_tasks(events: Sequence[Delivered]) -> None:
    """What a store did with its share moves the order on; tasks that orders itself took back say nothing new."""
    api.follow([e.aggregate for e in events if e.payload["state"] != "cancelled"], brand=current_brand())


def print_tickets(events: Sequence[Delivered]) -> None:
    """An order that its store accepted is printed there."""
    accepted = [event for event in events if event.payload["state"] == "accepted"]
    tasks = [UUID(event.payload["task_id"]) for event in accepted]
    api.print_tickets(tasks, brand=current_brand(), order_ids=[event.aggregate for event in accepted])


def settle_refunds(events: Sequence[Delivered]) -> None:
    """Money that went back to its payer leaves the books' debt."""
    api.settle_refunds([(e.aggregate, e.payload["amount_minor"]) for e in events], brand=current_brand())


def reward(events: Sequence[Delivered]) -> None:
    """Points of orders: earned with the order, to be spent when it is complete, taken back with its money."""
    brand = current_brand()
    if not wallet.programmes(brand):
        return
    named: dict[str, list[Delivered]] = {}
    for event in events:
        named.setdefault(event.name, []).append(event)
    wallet.earn_sales(api.sales_of(brand, [e.aggregate for e in named.get("orders.placed", ())]), brand=brand)
    if completed := [e.aggregate for e in named.get("orders.completed", ())]:
        wallet.complete_sales(completed, brand=brand)
    backs = [wallet.MoneyBack(e.aggregate, f"cancelled:{e.aggregate}") for e in named.get("orders.cancelled", ())]
    for event in (*named.get("payments.refund_due", ()), *named.get("payments.refunded", ())):
        key = f"refund:{event.payload['refund_id']}"
        backs.append(wallet.MoneyBack(event.aggregate, key, event.payload["amount_minor"]))
    if backs:
        wallet.take_back_sales(backs, brand=brand)


def clear_companies(events: Sequence[Delivered]) -> None:
    """Orders of companies' stores: points, stored value and commission as they stand, for the companies' accounts."""
    brand, ids = current_brand(), set()
    for event in events:
        if event.name.startswith("wallet."):
            if event.payload.get("subject_id") and event.payload.get("how") not in ("top_up", "pay_out"):
                ids.add(UUID(event.payload["subject_id"]))
        else:
            ids.add(event.aggregate)
    if ids and tree(brand).companies:
        merchants.enter_deals(api.deals_of(brand, ids), brand=brand)


def courier_cash(events: Sequence[Delivered]) -> None:
    """Cash that a courier took at a door, and handed in at a store."""
    for e in events:
        verb = api.take_courier_cash if e.name == "fulfilment.cash_collected" else api.store_courier_cash
        said = e.payload
        ids = {name: UUID(said[name]) for name in ("task_id", "courier_id", "store_id")}
        verb(e.aggregate, amount_minor=said["amount_minor"], **ids, brand=current_brand())


def credit_sales(events: Sequence[Delivered]) -> None:
    """Who sold and served an order has the credit when it is done, and loses it with what comes back."""
    api.credit_orders([e.aggregate for e in events], brand=current_brand())


CLEARED = frozenset(
    {
        "orders.placed",
        "orders.assigned",
        "orders.cancelled",
        "orders.completed",
        "payments.refund_due",
        "payments.refunded",
        "wallet.points_changed",
        "wallet.stored_value_changed",
    }
)

REWARDED = frozenset(
    {"orders.placed", "orders.completed", "orders.cancelled", "payments.refund_due", "payments.refunded"}
)

CREDITED = frozenset(
    {"orders.placed", "orders.completed", "orders.cancelled", "payments.refund_due", "payments.refunded"}
)

CONSUMERS = (
    Consumer(
        "orders.hand_to_stores",
        hand_to_stores,
        frozenset(
            {
                "orders.placed",
                "orders.assigned",
                "orders.waiting",
                "orders.cancelled",
                "orders.units_withdrawn",
                "payments.confirmed",
            }
        ),
    ),
    Consumer("orders.follow_tasks", follow_tasks, frozenset({"fulfilment.task_changed"})),
    Consumer(
        "orders.courier_cash", courier_cash, frozenset({"fulfilment.cash_collected", "fulfilment.cash_handed_in"})
    ),
    Consumer("orders.print_tickets", print_tickets, frozenset({"fulfilment.task_changed"})),
    Consumer("orders.settle_refunds", settle_refunds, frozenset({"payments.refunded"})),
    Consumer("orders.reward", reward, REWARDED),
    Consumer("orders.credit_sales", credit_sales, CREDITED),
    Consumer("orders.clear_companies", clear_companies, CLEARED),
    Consumer("orders.find_another_store", find_another_store, frozenset({"inventory.holds_ended"})),
)
