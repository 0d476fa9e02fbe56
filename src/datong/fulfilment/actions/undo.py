"""A step that a finger slipped into is taken back at once, by who took it; the slip stays on the timeline."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.fulfilment.actions.tasks import move
from datong.fulfilment.queries.tasks import task_of
from datong.fulfilment.types import Task, TaskState
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Conflict, NotFound

UNDO_WITHIN = timedelta(seconds=15)
"""The ten seconds of the screen, and the way to the server."""

UNDONE = "undone"
BACK = frozenset({TaskState.ACCEPTED, TaskState.READY})
"""Steps that moved nothing but the task: what was refused or handed over has set others to work."""

LOCKED = """
    SELECT id, order_id, store_id, kind, promised_at, state, carrier, tracking, reason FROM fulfilment_task
     WHERE brand_id = %(brand)s AND id = %(task)s AND store_id = %(store)s FOR UPDATE
"""
LAST = """
    SELECT state, by, at FROM fulfilment_step WHERE brand_id = %(brand)s AND task_id = %(task)s
     ORDER BY id DESC LIMIT 2
"""


def undo_step(task_id: UUID, *, store_id: UUID, brand: UUID, by: str) -> Task:
    """Take the last step back where the state machine lets it; asked twice it is the same answer.

    Raises NotFound for another store's task, Conflict when it is too late, somebody else's, or was followed by more.
    """
    with in_brand(brand):
        key = {"brand": brand, "task": task_id, "store": store_id}
        found = rows(LOCKED, key)
        if not found:
            raise NotFound(f"no task {task_id}")
        task = task_of(found[0])
        steps = rows(LAST, key)
        if steps and steps[0][0] == TaskState.NEW:
            return task
        if task.state not in BACK or not steps:
            raise Conflict(f"the task is {task.state.value}: that cannot be undone")
        _, who, at = steps[0]
        if who != by or clock.now() - at > UNDO_WITHIN:
            raise Conflict("it is too late to undo this: it counts already")
        before = TaskState(steps[1][0]) if len(steps) > 1 else TaskState.NEW
        if before not in (TaskState.NEW, TaskState.ACCEPTED):
            before = TaskState.NEW  # a share that was taken back or refused, and opened again
        (task,) = move([task], before, by=by, brand=brand, reason=UNDONE)
        return task
