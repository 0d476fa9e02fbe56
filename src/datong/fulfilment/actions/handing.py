"""Handing an order over (出餐, 核销): the number finds it, the customer's code opens it, once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.fulfilment.actions.tasks import advance
from datong.fulfilment.queries.tasks import task_of
from datong.fulfilment.rules import handing as rules
from datong.fulfilment.types import Task, WrongCodeError, said
from datong.kernel import audit, clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.tries import check_tries, miss
from datong.ledger.api import rulebook

MOST_MISSES, WITHIN = 5, timedelta(minutes=10)
"""Wrong codes for one order: a million codes are not gone through at a counter."""

OF_NUMBER = """
    SELECT c.task_id, c.code FROM fulfilment_calling c
      JOIN fulfilment_task t ON t.brand_id = c.brand_id AND t.id = c.task_id
     WHERE c.brand_id = %(brand)s AND c.store_id = %(store)s AND c.number = %(number)s
       AND c.day BETWEEN %(day)s::date - 30 AND %(day)s::date
     ORDER BY t.state IN ('done', 'cancelled', 'refused', 'handed_over'), c.day DESC LIMIT 1
"""
OF_TASK = """
    SELECT t.id, coalesce(c.code, '') FROM fulfilment_task t
      LEFT JOIN fulfilment_calling c ON c.brand_id = t.brand_id AND c.task_id = t.id
     WHERE t.brand_id = %(brand)s AND t.store_id = %(store)s AND t.id = %(task)s
"""
LOCKED = """
    SELECT id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason FROM fulfilment_task
     WHERE brand_id = %(brand)s AND id = %(task)s FOR UPDATE
"""


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
    """Hand a task (by its id or its pick-up number) of this store to who shows its code; exactly one caller does.

    A number is today's, or one of an earlier day that still waits. A delivery is handed to whoever brings it, by its
    number alone; `carrier` says who. `without`: the reason for handing over without the code, which is for managers to
    allow and goes into the audit trail. Raises NotFound for what is not this store's, WrongCodeError, TooManyTries
    after five of them, Conflict when it was handed over already or taken back. The caller has asked whether `by` may.
    """
    if without:
        rules.check_reason(without)
    task_id, right = _find(what, store_id, brand)
    tries = f"hand_over {task_id}"
    check_tries(brand, tries, most=MOST_MISSES, within=WITHIN)
    handed = _hand(task_id, right, brand, by=by, code=code, without=without, carrier=carrier)
    if handed is None:
        miss(brand, tries, within=WITHIN)
        raise WrongCodeError(code)
    return handed


def _find(what: UUID | int, store_id: UUID, brand: UUID) -> tuple[UUID, str]:
    with in_brand(brand):
        key = {"brand": brand, "store": store_id}
        if isinstance(what, UUID):
            found = rows(OF_TASK, {**key, "task": what})
        else:
            day = rulebook(brand).business_date(clock.now(), store_id)
            found = rows(OF_NUMBER, {**key, "number": what, "day": day}) if 0 < what < 2**31 else []
    if not found:
        raise NotFound("no such order at this store" if isinstance(what, UUID) else f"no order {said(what)} here")
    return found[0][0], found[0][1]


def _hand(task_id: UUID, right: str, brand: UUID, *, by: str, code: str, without: str, carrier: str) -> Task | None:
    """None when the code is wrong; a task that was handed over meanwhile is said first, whatever code is shown."""
    with in_brand(brand):
        (row,) = rows(LOCKED, {"brand": brand, "task": task_id})
        task = task_of(row)
        rules.check_handing(task)
        fetched = task.kind in rules.FETCHED
        if fetched and not without and not (right and rules.is_code(code, right)):
            return None
        to = rules.after_handing(task)
        (handed,) = advance([task_id], to, brand=brand, by=by, reason=without, carrier=carrier)
        if without:
            audit.record(
                brand=brand,
                actor=by,
                verb="task.hand_over",
                subject=f"order {task.order_id}",
                before={"state": task.state.value},
                after={"state": to.value, "code": "not shown"},
                reason=without,
                store_id=task.store_id,
            )
        return handed
