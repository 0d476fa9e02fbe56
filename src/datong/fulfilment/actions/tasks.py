"""Writes of fulfilment: tasks are opened and taken back by orders, moved on by the store, the carrier or a channel."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from datong.fulfilment.actions.notes import write_notes
from datong.fulfilment.actions.numbers import give_numbers
from datong.fulfilment.events import TaskChanged
from datong.fulfilment.queries.tasks import task_of
from datong.fulfilment.rules import tasks as rules
from datong.fulfilment.types import NoteText, Task, TaskState
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7

MAX_TASKS = 1000

OPEN = """
    INSERT INTO fulfilment_task (brand_id, id, order_id, store_id, kind, state, promised_at, created_at, carrier,
                                 tracking, reason)
    SELECT %(brand)s, t.*, %(now)s, '', '', ''
      FROM unnest(%(ids)s::uuid[], %(orders)s::uuid[], %(stores)s::uuid[], %(kinds)s::text[], %(states)s::text[],
                  %(promises)s::timestamptz[]) t
    ON CONFLICT (brand_id, order_id, store_id)
    DO UPDATE SET state = excluded.state, promised_at = excluded.promised_at, reason = ''
     WHERE fulfilment_task.state IN ('cancelled', 'refused')
"""


def open_tasks(tasks: Sequence[Task], *, brand: UUID, notes: Sequence[NoteText] = ()) -> int:
    """Give each store its share of the orders; a task is opened once however often it is asked for, and
    gets its pick-up number of the store's day.

    `notes` are what the orders say for deliveries: each task's note is written with it, or brought up to date.
    """
    if not tasks:
        return 0
    with in_brand(brand):
        opened = execute(
            OPEN,
            {
                "brand": brand,
                "now": clock.now(),
                "ids": [task.id for task in tasks],
                "orders": [task.order_id for task in tasks],
                "stores": [task.store_id for task in tasks],
                "kinds": [task.kind.value for task in tasks],
                "states": [task.state.value for task in tasks],
                "promises": [task.promised_at for task in tasks],
            },
        )
        give_numbers(tasks, brand=brand)
        write_notes(notes, brand=brand)
        return opened


OPEN_OF = """
    SELECT id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason FROM fulfilment_task
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[])
       AND state NOT IN ('done', 'cancelled', 'refused', 'handed_over')
       AND NOT (order_id, store_id) IN (SELECT * FROM unnest(%(keep_orders)s::uuid[], %(keep_stores)s::uuid[]))
     ORDER BY id FOR UPDATE
"""


def cancel_tasks(
    order_ids: Sequence[UUID], *, brand: UUID, keep: Sequence[tuple[UUID, UUID]] = (), by: str = "orders"
) -> int:
    """Take open tasks of these orders back from their stores, except the (order, store) pairs to keep."""
    if not order_ids:
        return 0
    with in_brand(brand):
        key = {
            "brand": brand,
            "orders": list(order_ids),
            "keep_orders": [order for order, _ in keep],
            "keep_stores": [store for _, store in keep],
        }
        open_ = [task_of(row) for row in rows(OPEN_OF, key)]
        move(open_, TaskState.CANCELLED, by=by, brand=brand)
        return len(open_)


LOCK_OF = """
    SELECT id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason FROM fulfilment_task
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) ORDER BY id FOR UPDATE
"""


def lock_tasks(order_ids: Sequence[UUID], *, brand: UUID) -> list[Task]:
    """The tasks of these orders as they stand until this transaction ends: whoever takes a step waits for it."""
    with in_brand(brand):
        return [task_of(row) for row in rows(LOCK_OF, {"brand": brand, "orders": list(order_ids)})]


BY_ID = """
    SELECT id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason FROM fulfilment_task
     WHERE brand_id = %(brand)s AND id = ANY(%(tasks)s::uuid[]) ORDER BY id FOR UPDATE
"""


def advance(
    task_ids: Sequence[UUID],
    to: TaskState,
    *,
    brand: UUID,
    by: str,
    reason: str = "",
    carrier: str = "",
    tracking: str = "",
    stores: Collection[UUID] | None = None,
) -> list[Task]:
    """Take the next step with these tasks: all or none, four statements whatever the number; the tasks as they stand.

    `stores` are the only ones whose tasks the caller may touch (None: all); another store's task is NotFound. A step
    that was taken already is the same answer again. Raises Conflict when the step cannot follow, BadValue naming a
    word that cannot be used.
    """
    if to not in rules.BEFORE:
        raise BadValue("state", to.value, f"one of {', '.join(rules.BEFORE)}")
    if len(task_ids) > MAX_TASKS:
        raise BadValue("tasks", len(task_ids), f"at most {MAX_TASKS} tasks at once")
    rules.check_words(to, reason, carrier, tracking)
    with in_brand(brand):
        found = [task_of(row) for row in rows(BY_ID, {"brand": brand, "tasks": list(set(task_ids))})]
        mine = [task for task in found if stores is None or task.store_id in stores]
        if missing := set(task_ids) - {task.id for task in mine}:
            raise NotFound(f"no task {min(missing)}")
        due = [task for task in mine if task.state is not to]
        for task in due:
            if not rules.may_follow(task.state, to, task.kind):
                raise Conflict(f"the task is {task.state.value}: it cannot become {to.value}")
        return sorted(
            [t for t in mine if t not in due]
            + move(due, to, by=by, brand=brand, reason=reason, carrier=carrier, tracking=tracking),
            key=lambda task: task.id,
        )


MOVE = """
    UPDATE fulfilment_task SET state = %(state)s, reason = %(reason)s,
           carrier = CASE WHEN %(carrier)s = '' THEN carrier ELSE %(carrier)s END,
           tracking = CASE WHEN %(tracking)s = '' THEN tracking ELSE %(tracking)s END
     WHERE brand_id = %(brand)s AND id = ANY(%(tasks)s::uuid[])
    RETURNING id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason
"""
NOTE = """
    INSERT INTO fulfilment_step (brand_id, id, task_id, state, by, reason, carrier, tracking, at)
    SELECT %(brand)s, s.id, s.task_id, %(state)s, %(by)s, %(reason)s, %(carrier)s, %(tracking)s, %(now)s
      FROM unnest(%(ids)s::uuid[], %(tasks)s::uuid[]) s(id, task_id)
"""


def move(
    tasks: Sequence[Task],
    to: TaskState,
    *,
    by: str,
    brand: UUID,
    reason: str = "",
    carrier: str = "",
    tracking: str = "",
) -> list[Task]:
    """Write the step of tasks that are locked and may take it, and tell the others."""
    if not tasks:
        return []
    now = clock.now()
    key = {
        "brand": brand,
        "tasks": [task.id for task in tasks],
        "state": to.value,
        "by": by[:120],
        "reason": reason,
        "carrier": carrier,
        "tracking": tracking,
    }
    moved = [task_of(row) for row in rows(MOVE, key)]
    execute(NOTE, {**key, "ids": [uuid7() for _ in tasks], "now": now})
    outbox.emit(
        *(
            TaskChanged(t.id, t.order_id, t.store_id, to.value, reason, t.carrier, t.tracking, now)
            for t in sorted(moved, key=lambda task: task.id)
        )
    )
    return moved
