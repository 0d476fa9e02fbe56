"""Nouns of fulfilment (履约)."""

from datong.fulfilment.types.numbers import Calling, WrongCodeError, said
from datong.fulfilment.types.tasks import FulfilmentKind, Step, Task, TaskState

__all__ = ["Calling", "FulfilmentKind", "Step", "Task", "TaskState", "WrongCodeError", "said"]
