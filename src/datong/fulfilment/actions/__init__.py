"""Writes of fulfilment."""

from datong.fulfilment.actions.tasks import advance, cancel_tasks, lock_tasks, open_tasks

__all__ = ["advance", "cancel_tasks", "lock_tasks", "open_tasks"]
