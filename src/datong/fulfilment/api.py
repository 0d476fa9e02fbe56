"""The public face of fulfilment."""

from datong.fulfilment.actions import advance, cancel_tasks, open_tasks
from datong.fulfilment.queries import open_by_store, steps_of, tasks_of
from datong.fulfilment.rules import BEFORE, ENDED, LEFT

__all__ = ["BEFORE", "ENDED", "LEFT", "advance", "cancel_tasks", "open_by_store", "open_tasks", "steps_of", "tasks_of"]
