"""Writes of fulfilment."""

from datong.fulfilment.actions.handing import hand_over
from datong.fulfilment.actions.tasks import advance, cancel_tasks, lock_tasks, open_tasks

__all__ = ["advance", "cancel_tasks", "hand_over", "lock_tasks", "open_tasks"]
