"""Nouns of tickets (小票): what a printer in a store prints when an order was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PrinterKind(StrEnum):
    NETWORK = "network"  # ESC/POS at a host and port
    CLOUD = "cloud"  # by its maker's service; only where an adapter is bound


class TicketState(StrEnum):
    WAITING = "waiting"
    PRINTED = "printed"
    FAILED = "failed"  # given up after many tries
    DROPPED = "dropped"  # the order was taken back before it was printed


@dataclass(frozen=True, slots=True)
class Printer:
    """A printer of a store. `categories`: products it prints, by the beginning of their category; () is everything.

    `columns`: characters of a line (32 on 58 mm paper, 48 on 80 mm). `failing_since`: since when nothing got through.
    """

    id: UUID
    store_id: UUID
    name: str
    kind: PrinterKind
    host: str
    port: int
    categories: tuple[str, ...] = ()
    columns: int = 32
    failing_since: datetime | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TicketLine:
    """`category` decides which station prints it."""

    units: int
    title: str
    options: tuple[str, ...] = ()
    category: str = ""


@dataclass(frozen=True, slots=True)
class TicketText:
    """All that stands on a ticket, in the store's language. `head` is what is said large: the pick-up number."""

    head: str
    kind: str
    order_number: str
    facts: tuple[str, ...] = ()
    lines: tuple[TicketLine, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket at one printer; `copy` 0 is the first, others were asked for again by `asked_by`."""

    id: UUID
    task_id: UUID
    printer_id: UUID
    copy: int
    state: TicketState
    attempts: int
    asked_by: str
    asked_at: datetime
    printed_at: datetime | None
    problem: str
