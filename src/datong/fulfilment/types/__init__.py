"""Nouns of fulfilment (履约)."""

from datong.fulfilment.types.acts import MAX_ACTS, MAX_PHOTO, Act, ActKind, ActTold, Stop, StopKind
from datong.fulfilment.types.board import Called, Shown
from datong.fulfilment.types.couriers import Courier, Delivery, Failure, Outcome, Proof, Station, Way, WayRule
from datong.fulfilment.types.notes import Goods, Note, NoteText
from datong.fulfilment.types.numbers import Calling, WrongCodeError, said
from datong.fulfilment.types.printing import Printer, PrinterKind, Ticket, TicketLine, TicketState, TicketText
from datong.fulfilment.types.promise import OnTime, Pace, Window
from datong.fulfilment.types.tasks import FulfilmentKind, Step, Task, TaskState

__all__ = [
    "MAX_ACTS",
    "MAX_PHOTO",
    "Act",
    "ActKind",
    "ActTold",
    "Called",
    "Calling",
    "Courier",
    "Delivery",
    "Failure",
    "FulfilmentKind",
    "Goods",
    "Note",
    "NoteText",
    "OnTime",
    "Outcome",
    "Pace",
    "Printer",
    "PrinterKind",
    "Proof",
    "Shown",
    "Station",
    "Step",
    "Stop",
    "StopKind",
    "Task",
    "TaskState",
    "Ticket",
    "TicketLine",
    "TicketState",
    "TicketText",
    "Way",
    "WayRule",
    "Window",
    "WrongCodeError",
    "said",
]
