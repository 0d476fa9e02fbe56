"""What the stores did with their shares becomes what the order is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from datong.fulfilment.api import LEFT, cancel_tasks, tasks_of
from datong.fulfilment.types import Task, TaskState
from datong.inventory.api import ship
from datong.kernel import clock, outbox
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook, transfers_of
from datong.ledger.types import Account, Transfer
from datong.orders import rules
from datong.orders.actions.findings import find
from datong.orders.actions.notes import note
from datong.orders.actions.resource import resource
from datong.orders.events import OrderCompleted
from datong.orders.types import ExceptionKind

GONE = frozenset({TaskState.CANCELLED, TaskState.REFUSED})


LOCK = """
    SELECT id FROM orders_order WHERE brand_id = %(brand)s AND id = ANY(%(orders)s::uuid[]) ORDER BY id FOR UPDATE
"""


def follow(order_ids: Iterable[UUID], *, brand: UUID) -> None:
    """Bring orders in step with their tasks: goods that left leave the count, a refused share looks for another store,
    an order whose shares are all with the customer is complete. Reads what is so now, so twice is once.
    """
    with in_brand(brand):
        wanted = sorted(set(order_ids))
        # Orders before stock, as every verb that holds both.
        rows(LOCK, {"brand": brand, "orders": wanted})
        by_order: dict[UUID, list[Task]] = {}
        for task in tasks_of(brand, wanted):
            by_order.setdefault(task.order_id, []).append(task)
        tasks = [task for of in by_order.values() for task in of]
        ship([(task.order_id, task.store_id) for task in tasks if task.state in LEFT], brand=brand)
        _look_again({order: of for order, of in by_order.items() if _lost(of)}, brand)
        _complete([order for order, of in by_order.items() if _all_done(of)], brand)


def _lost(tasks: list[Task]) -> bool:
    return any(task.state is TaskState.REFUSED for task in tasks)


def _all_done(tasks: list[Task]) -> bool:
    return {task.state for task in tasks if task.state not in GONE} == {TaskState.DONE}


SERVED_BY = """
    SELECT DISTINCT order_id, store_id FROM orders_allocation
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[])
"""


def _look_again(refused: dict[UUID, list[Task]], brand: UUID) -> None:
    """A share that its store refused: the whole order looks for another place, unless part of it has left already."""
    if not refused:
        return
    served = {tuple(row) for row in rows(SERVED_BY, {"brand": brand, "orders": sorted(refused)})}
    still = {
        order: tasks
        for order, tasks in refused.items()
        if any(t.state is TaskState.REFUSED and (order, t.store_id) in served for t in tasks)
    }
    stuck = [order for order, tasks in still.items() if any(task.state in LEFT for task in tasks)]
    find(stuck, ExceptionKind.STOCK_SHORT, {"reason": "share_refused"}, brand=brand)
    free = [order for order in still if order not in stuck]
    if free:
        resource(free, brand=brand, actor="sourcing", why="refused_by_store")


COMPLETE = """
    UPDATE orders_order o SET state = 'completed'
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) AND o.state = 'assigned'
       AND NOT EXISTS (SELECT 1 FROM orders_allocation a
                        WHERE a.brand_id = o.brand_id AND a.order_id = o.id
                          AND NOT (a.order_id, a.store_id) IN
                              (SELECT * FROM unnest(%(done_orders)s::uuid[], %(done_stores)s::uuid[])))
    RETURNING o.id, o.currency
"""


def _complete(order_ids: list[UUID], brand: UUID) -> None:
    if not order_ids:
        return
    done = [task for task in tasks_of(brand, order_ids) if task.state is TaskState.DONE]
    key = {
        "brand": brand,
        "orders": order_ids,
        "done_orders": [task.order_id for task in done],
        "done_stores": [task.store_id for task in done],
    }
    complete = dict(rows(COMPLETE, key))
    if not complete:
        return
    ids = sorted(complete)
    note(ids, "completed", brand=brand, who="fulfilment", state="completed")
    book = rulebook(brand)
    posted = rules.own(posted.transfer for posted in transfers_of(brand, ids))
    said = {transfer.subject_id: transfer.dimensions for transfer in posted}
    days = {order: book.day_at(clock.now(), dimensions) for order, dimensions in said.items()}
    post(
        [
            Transfer(
                id=uuid7(),
                debit=Account(debit, complete[order]),
                credit=Account(credit, complete[order]),
                amount_minor=amount,
                kind="earned",
                subject_id=order,
                business_date=days[order],
                dimensions=said[order],
            )
            for order, debit, credit, amount in rules.earned(posted, book, days)
        ],
        brand=brand,
        late=True,
    )
    outbox.emit(*(OrderCompleted(order) for order in ids))


def drop_empty_tasks(order_id: UUID, stores: Collection[UUID], *, brand: UUID) -> int:
    """Take tasks back from stores that have nothing of the order to do: theirs were opened after their units were taken
    out. A store that has a share again keeps its task."""
    with in_brand(brand):
        rows(LOCK, {"brand": brand, "orders": [order_id]})
        served = {store for _, store in rows(SERVED_BY, {"brand": brand, "orders": [order_id]})}
        empty = set(stores) - served
        keep = [(order_id, task.store_id) for task in tasks_of(brand, [order_id]) if task.store_id not in empty]
        return cancel_tasks([order_id], brand=brand, keep=keep)
