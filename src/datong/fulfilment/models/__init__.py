"""Tables of fulfilment."""

from datong.fulfilment.models.numbers import Calling, Number
from datong.fulfilment.models.tasks import Step, Task

__all__ = ["Calling", "Number", "Step", "Task"]
