"""A store's task through its steps, none skipped."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from datong.fulfilment.api import advance
from datong.fulfilment.types import TaskState
from datong.kernel.errors import Conflict

LADDER = (TaskState.ACCEPTED, TaskState.READY, TaskState.HANDED_OVER, TaskState.DONE)


def walk(task_id: UUID, to: TaskState, *, brand: UUID, by: str, **words: Any) -> None:
    """Take the steps from where the task stands up to `to`; what was taken already stays."""
    for step in LADDER[: LADDER.index(to)] if to in LADDER else ():
        with suppress(Conflict):
            advance([task_id], step, brand=brand, by=by)
    advance([task_id], to, brand=brand, by=by, **words)
