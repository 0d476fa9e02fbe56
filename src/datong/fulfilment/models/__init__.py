"""Tables of fulfilment."""

from datong.fulfilment.models.acts import Act, Photo, Position
from datong.fulfilment.models.arrivals import Arrival
from datong.fulfilment.models.couriers import Courier, Delivery, Station, WayRule
from datong.fulfilment.models.notes import Note
from datong.fulfilment.models.numbers import Calling, Number
from datong.fulfilment.models.printing import Printer, Ticket
from datong.fulfilment.models.promise import Pace
from datong.fulfilment.models.tasks import Step, Task

__all__ = [
    "Act",
    "Arrival",
    "Calling",
    "Courier",
    "Delivery",
    "Note",
    "Number",
    "Pace",
    "Photo",
    "Position",
    "Printer",
    "Station",
    "Step",
    "Task",
    "Ticket",
    "WayRule",
]
