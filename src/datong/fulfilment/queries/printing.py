"""Reads of printers and tickets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import json

from datong.fulfilment.types.printing import Printer, PrinterKind, Ticket, TicketState
from datong.kernel.db import in_brand, rows

PRINTERS = """
    SELECT id, store_id, name, kind, host, port, categories::text, columns, failing_since, problem
      FROM fulfilment_printer
     WHERE brand_id = %(brand)s AND removed_at IS NULL
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[])) ORDER BY store_id, id LIMIT %(limit)s
"""
TICKETS = """
    SELECT t.id, t.task_id, t.printer_id, t.copy, t.state, t.attempts, t.asked_by, t.asked_at, t.printed_at, t.problem
      FROM fulfilment_ticket t JOIN fulfilment_printer p ON p.brand_id = t.brand_id AND p.id = t.printer_id
     WHERE t.brand_id = %(brand)s AND p.store_id = %(store)s AND p.removed_at IS NULL
     ORDER BY t.id DESC LIMIT %(limit)s
"""


def printer_row(row: tuple[Any, ...]) -> Printer:
    id_, store, name, kind, host, port, categories, columns, since, problem = row
    said = tuple(json.decode(categories))
    return Printer(id_, store, name, PrinterKind(kind), host, port, said, columns, since, problem)


def printers_of(brand_id: UUID, stores: Sequence[UUID] | None = None, *, limit: int = 1000) -> list[Printer]:
    """The printers of these stores (None: of all)."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "stores": None if stores is None else list(stores), "limit": min(limit, 5000)}
        return [printer_row(row) for row in rows(PRINTERS, key)]


def tickets_of(brand_id: UUID, store_id: UUID, *, limit: int = 50) -> list[Ticket]:
    """What a store's printers were given to print, the latest first."""
    with in_brand(brand_id):
        found = rows(TICKETS, {"brand": brand_id, "store": store_id, "limit": min(limit, 500)})
    return [_ticket(*row) for row in found]


def _ticket(
    id_: UUID, task: UUID, printer: UUID, copy: int, state: str, attempts: int, by: str, at: datetime, *rest: Any
) -> Ticket:
    printed_at, problem = rest
    return Ticket(id_, task, printer, copy, TicketState(state), attempts, by, at, printed_at, problem)
