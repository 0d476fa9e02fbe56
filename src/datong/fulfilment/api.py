"""The public face of fulfilment."""

from datong.fulfilment.actions import cancel_tasks, open_tasks
from datong.fulfilment.queries import open_by_store, tasks_of

__all__ = ["cancel_tasks", "open_by_store", "open_tasks", "tasks_of"]
