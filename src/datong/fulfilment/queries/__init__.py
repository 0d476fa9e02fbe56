"""Reads of fulfilment."""

from datong.fulfilment.queries.arrivals import arrivals_of
from datong.fulfilment.queries.board import board_of, find_called, handed_since
from datong.fulfilment.queries.couriers import (
    courier_of_user,
    couriers_of,
    deliveries_by_task,
    deliveries_of,
    deliveries_of_courier,
    open_deliveries,
    stations_of,
    way_rules,
)
from datong.fulfilment.queries.notes import notes_of
from datong.fulfilment.queries.numbers import callings_of
from datong.fulfilment.queries.positions import cash_owed, photo_of, where_is
from datong.fulfilment.queries.printing import printers_of, tickets_of
from datong.fulfilment.queries.promise import foresee_delivery, on_time, paces_of
from datong.fulfilment.queries.rounds import round_of
from datong.fulfilment.queries.tasks import open_by_store, queue_of, reached, steps_of, tasks_of

__all__ = [
    "arrivals_of",
    "board_of",
    "callings_of",
    "cash_owed",
    "courier_of_user",
    "couriers_of",
    "deliveries_by_task",
    "deliveries_of",
    "deliveries_of_courier",
    "find_called",
    "foresee_delivery",
    "handed_since",
    "notes_of",
    "on_time",
    "open_by_store",
    "open_deliveries",
    "paces_of",
    "photo_of",
    "printers_of",
    "queue_of",
    "reached",
    "round_of",
    "stations_of",
    "steps_of",
    "tasks_of",
    "tickets_of",
    "way_rules",
    "where_is",
]
