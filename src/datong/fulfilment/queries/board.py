"""Reads for a store's screen."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from datong.fulfilment.queries.tasks import task_of
from datong.fulfilment.types import Called, Shown, said
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.ledger.api import rulebook

MAX_SHOWN = 500
COLUMNS = "t.id, t.order_id, t.store_id, t.kind, t.promised_at, t.state, t.carrier, t.tracking, t.reason"
BOARD = f"""
    SELECT {COLUMNS}, c.number, t.created_at, coalesce(s.at, t.created_at)
      FROM fulfilment_task t
      LEFT JOIN fulfilment_calling c ON c.brand_id = t.brand_id AND c.task_id = t.id
      LEFT JOIN LATERAL (SELECT max(at) AS at FROM fulfilment_step x
                          WHERE x.brand_id = t.brand_id AND x.task_id = t.id) s ON true
     WHERE t.brand_id = %(brand)s AND t.store_id = %(store)s AND t.kind <> 'till'
       AND t.state NOT IN ('done', 'cancelled', 'refused', 'handed_over')
     ORDER BY coalesce(t.promised_at, t.created_at), t.id LIMIT %(limit)s
"""  # noqa: S608 - constants
GONE = f"""
    SELECT {COLUMNS}, c.number, t.created_at, s.at
      FROM fulfilment_task t
      JOIN fulfilment_calling c ON c.brand_id = t.brand_id AND c.task_id = t.id
      JOIN LATERAL (SELECT max(at) AS at FROM fulfilment_step x
                     WHERE x.brand_id = t.brand_id AND x.task_id = t.id) s ON true
     WHERE c.brand_id = %(brand)s AND c.store_id = %(store)s AND c.day BETWEEN %(day)s::date - 1 AND %(day)s::date
       AND t.state IN ('done', 'handed_over') AND s.at >= %(since)s
     ORDER BY s.at DESC LIMIT %(limit)s
"""  # noqa: S608 - constants


def board_of(brand_id: UUID, store_id: UUID, *, limit: int = 200) -> list[Shown]:
    """What a store has to do: by the promise, else by arrival, whatever the channel or the payment."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "store": store_id, "limit": min(limit, MAX_SHOWN)}
        return [Shown(task_of(row[:9]), *row[9:]) for row in rows(BOARD, key)]


def handed_since(brand_id: UUID, store_id: UUID, since: datetime, *, limit: int = 12) -> list[Shown]:
    """What left a store today, the latest first."""
    with in_brand(brand_id):
        day = rulebook(brand_id).business_date(clock.now(), store_id)
        key = {"brand": brand_id, "store": store_id, "since": since, "day": day, "limit": min(limit, MAX_SHOWN)}
        return [Shown(task_of(row[:9]), *row[9:]) for row in rows(GONE, key)]


OF_NUMBER = """
    SELECT c.task_id, c.order_id, c.code FROM fulfilment_calling c
      JOIN fulfilment_task t ON t.brand_id = c.brand_id AND t.id = c.task_id
     WHERE c.brand_id = %(brand)s AND c.store_id = %(store)s AND c.number = %(number)s
       AND c.day BETWEEN %(day)s::date - 30 AND %(day)s::date
     ORDER BY t.state IN ('done', 'cancelled', 'refused', 'handed_over'), c.day DESC LIMIT 1
"""
OF_TASK = """
    SELECT t.id, t.order_id, coalesce(c.code, '') FROM fulfilment_task t
      LEFT JOIN fulfilment_calling c ON c.brand_id = t.brand_id AND c.task_id = t.id
     WHERE t.brand_id = %(brand)s AND t.store_id = %(store)s AND t.id = %(task)s
"""


def find_called(brand_id: UUID, store_id: UUID, what: UUID | int) -> Called:
    """The task of this store with an id, or with a number of today or of an earlier day that still waits; NotFound."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "store": store_id}
        if isinstance(what, UUID):
            found = rows(OF_TASK, {**key, "task": what})
        else:
            day = rulebook(brand_id).business_date(clock.now(), store_id)
            found = rows(OF_NUMBER, {**key, "number": what, "day": day}) if 0 < what < 2**31 else []
    if not found:
        raise NotFound("no such order at this store" if isinstance(what, UUID) else f"no order {said(what)} here")
    return Called(*found[0])
