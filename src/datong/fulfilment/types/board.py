"""What a store's screen shows of a task."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from datong.fulfilment.types.tasks import Task


@dataclass(frozen=True, slots=True)
class Shown:
    """A task on the board: its pick-up number (None for what is older than numbers), when it came, its last step."""

    task: Task
    number: int | None
    opened_at: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True)
class Called:
    """Which task of a store a number or an id means. `code`, when there is one, is not for staff to see."""

    task_id: UUID
    order_id: UUID
    code: str = field(repr=False)
