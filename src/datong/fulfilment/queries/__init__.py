"""Reads of fulfilment."""

from datong.fulfilment.queries.numbers import callings_of
from datong.fulfilment.queries.tasks import open_by_store, queue_of, reached, steps_of, tasks_of

__all__ = ["callings_of", "open_by_store", "queue_of", "reached", "steps_of", "tasks_of"]
