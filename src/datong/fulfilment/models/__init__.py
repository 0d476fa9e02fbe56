"""Tables of fulfilment."""

from datong.fulfilment.models.tasks import Step, Task

__all__ = ["Step", "Task"]
