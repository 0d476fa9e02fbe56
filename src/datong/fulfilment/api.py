"""The public face of fulfilment."""

from datong.fulfilment.actions import advance, cancel_tasks, hand_over, lock_tasks, open_tasks
from datong.fulfilment.queries import callings_of, open_by_store, queue_of, reached, steps_of, tasks_of
from datong.fulfilment.rules import BEFORE, ENDED, LEFT

__all__ = [
    "BEFORE",
    "ENDED",
    "LEFT",
    "advance",
    "callings_of",
    "cancel_tasks",
    "hand_over",
    "lock_tasks",
    "open_by_store",
    "open_tasks",
    "queue_of",
    "reached",
    "steps_of",
    "tasks_of",
]
