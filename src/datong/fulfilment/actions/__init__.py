"""Writes of fulfilment."""

from datong.fulfilment.actions.acts import take_acts
from datong.fulfilment.actions.arrivals import arrive
from datong.fulfilment.actions.cash import hand_in_cash
from datong.fulfilment.actions.couriers import put_courier, put_station, put_ways, set_duty
from datong.fulfilment.actions.dispatch import assign_delivery, dispatch, take_delivery
from datong.fulfilment.actions.handing import hand_over
from datong.fulfilment.actions.notes import write_notes
from datong.fulfilment.actions.pace import put_pace, raise_late
from datong.fulfilment.actions.positions import forget_positions, put_position
from datong.fulfilment.actions.printing import ask_tickets, print_due, put_printer, remove_printer
from datong.fulfilment.actions.promise import promise
from datong.fulfilment.actions.tasks import advance, cancel_tasks, lock_tasks, open_tasks
from datong.fulfilment.actions.undo import undo_step

__all__ = [
    "advance",
    "arrive",
    "ask_tickets",
    "assign_delivery",
    "cancel_tasks",
    "dispatch",
    "forget_positions",
    "hand_in_cash",
    "hand_over",
    "lock_tasks",
    "open_tasks",
    "print_due",
    "promise",
    "put_courier",
    "put_pace",
    "put_position",
    "put_printer",
    "put_station",
    "put_ways",
    "raise_late",
    "remove_printer",
    "set_duty",
    "take_acts",
    "take_delivery",
    "undo_step",
    "write_notes",
]
