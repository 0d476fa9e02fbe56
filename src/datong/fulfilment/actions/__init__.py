"""Writes of fulfilment."""

from datong.fulfilment.actions.acts import take_acts
from datong.fulfilment.actions.arrivals import arrive
from datong.fulfilment.actions.cash import hand_in_cash
from datong.fulfilment.actions.couriers import put_courier, put_station, put_ways, set_duty
from datong.fulfilment.actions.dispatch import assign_delivery, dispatch, take_delivery
from datong.fulfilment.actions.handing import hand_over
from datong.fulfilment.actions.notes import write_notes
from datong.fulfilment.actions.positions import forget_positions, put_position
from datong.fulfilment.actions.printing import ask_tickets, print_due, put_printer, remove_printer
from datong.fulfilment.actions.promise import promise
from datong.fulfilment.actions.tasks import advance, cancel_tasks, lock_tasks, open_tasks
from datong.fulfilment.actions.undo import undo_step

__all__ = [
    "arrive",
    "remove_printer",
    "put_printer",
    "print_due",
    "ask_tickets",
    "undo_step",
    "hand_in_cash",
    "put_position",
    "forget_positions",
    "take_acts",
    "advance",
    "assign_delivery",
    "cancel_tasks",
    "dispatch",
    "hand_over",
    "lock_tasks",
    "open_tasks",
    "promise",
    "put_courier",
    "put_station",
    "put_ways",
    "set_duty",
    "take_delivery",
    "write_notes",
]
