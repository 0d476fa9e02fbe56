"""Handing an order over (出餐, 核销): the number finds it, the customer's code opens it, once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.fulfilment.actions.tasks import advance
from datong.fulfilment.queries.board import find_called
from datong.fulfilment.queries.tasks import task_of
from datong.fulfilment.rules import handing as rules
from datong.fulfilment.types import Called, Task, WrongCodeError
from datong.kernel import audit
from datong.kernel.db import in_brand, rows
from datong.kernel.tries import check_tries, miss

MOST_MISSES, WITHIN = 5, timedelta(minutes=10)
"""Wrong codes for one order: a million codes are not gone through at a counter."""

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
    found = find_called(brand, store_id, what)
    tries = f"hand_over {found.task_id}"
    check_tries(brand, tries, most=MOST_MISSES, within=WITHIN)
    handed = _hand(found, brand, by=by, code=code, without=without, carrier=carrier)
    if handed is None:
        miss(brand, tries, within=WITHIN)
        raise WrongCodeError(code)
    return handed


def _hand(found: Called, brand: UUID, *, by: str, code: str, without: str, carrier: str) -> Task | None:
    """None when the code is wrong; a task that was handed over meanwhile is said first, whatever code is shown."""
    with in_brand(brand):
        (row,) = rows(LOCKED, {"brand": brand, "task": found.task_id})
        task = task_of(row)
        rules.check_handing(task)
        fetched = task.kind in rules.FETCHED
        if fetched and not without and not (found.code and rules.is_code(code, found.code)):
            return None
        to = rules.after_handing(task)
        (handed,) = advance([found.task_id], to, brand=brand, by=by, reason=without, carrier=carrier)
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
