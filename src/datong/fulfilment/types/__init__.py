"""Nouns of fulfilment (履约)."""

from datong.fulfilment.types.tasks import FulfilmentKind, Step, Task, TaskState

__all__ = ["FulfilmentKind", "Step", "Task", "TaskState"]
