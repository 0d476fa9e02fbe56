"""An order is handed over when its money is there."""

from __future__ import annotations

from uuid import UUID

from datong.fulfilment import api as fulfilment
from datong.fulfilment.types import FulfilmentKind, Task
from datong.kernel.errors import Conflict, Problem
from datong.orders.queries.short import questions_of
from datong.orders.queries.work import work_of


def hand_over(
    what: UUID | int,
    *,
    store_id: UUID,
    brand: UUID,
    by: str,
    code: str = "",
    without: str = "",
    carrier: str = "",
) -> Task:
    """As `fulfilment.hand_over`, for an order that was paid; what comes by courier may be paid at the door.

    Raises Conflict (not_paid) when who fetches it still owes: the till takes the money and hands it over; (asked) while
    the customer has not said what to do about units that are not there.
    """
    found = fulfilment.find_called(brand, store_id, what)
    kinds = {task.kind for task in fulfilment.tasks_of(brand, [found.order_id]) if task.id == found.task_id}
    work = work_of(brand, store_id, [found.order_id]).get(found.order_id)
    if work and work.due_minor and kinds != {FulfilmentKind.DELIVERY}:
        fix = "the till: it takes what is due and hands the order over"
        raise Conflict("this order is not paid yet", Problem("order", "not_paid", fix, work.due_minor))
    waiting = [q for q in questions_of(brand, [found.order_id]) if q.answer is None and q.store_id == store_id]
    if waiting:
        fix = "the customer's answer: without it, instead of it, or nothing at all"
        raise Conflict("the customer is still asked", Problem("order", "asked", fix, waiting[0].title))
    return fulfilment.hand_over(
        found.task_id, store_id=store_id, brand=brand, by=by, code=code, without=without, carrier=carrier
    )
