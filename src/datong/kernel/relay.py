"""The relay: hands each consumer every event once, in the order of its aggregate.

Reading by sequence skips rows of transactions that commit late. Reading by (xid, id) up to the snapshot's xmin does
not: every transaction below xmin has ended. The cursor moves in the transaction of the consumer's effects, so an
event is applied once even when the process dies.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from django.db import InterfaceError, OperationalError

from datong.kernel import clock, trace
from datong.kernel.db import as_relay, execute, in_brand, rows, savepoint
from datong.kernel.ids import uuid7
from datong.kernel.outbox import LANES
from datong.kernel.telemetry import span

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event as a consumer gets it; `payload` is the decoded JSON."""

    id: UUID
    aggregate: UUID
    name: str
    version: int
    payload: dict[str, Any]
    trace: str


Handler = Callable[[Sequence[Delivered]], None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Who wants which events: `names` empty means all. The handler runs inside the brand, in one transaction."""

    name: str
    handler: Handler
    names: frozenset[str] = frozenset()


ENROL = """
    INSERT INTO kernel_cursor (brand_id, consumer, lane, xid, last)
    SELECT %(brand)s, c, l, '0'::xid8, '00000000-0000-0000-0000-000000000000'
      FROM unnest(%(consumers)s::text[]) c CROSS JOIN generate_series(0, %(lanes)s - 1) l
    ON CONFLICT DO NOTHING
"""


def enrol(brand_id: UUID, consumers: Sequence[Consumer]) -> None:
    """Give the consumers their cursors, from the first event on."""
    with in_brand(brand_id):
        execute(ENROL, {"brand": brand_id, "consumers": [c.name for c in consumers], "lanes": LANES})


WORK = """
    SELECT DISTINCT c.brand_id, c.consumer FROM kernel_cursor c
     WHERE EXISTS (SELECT 1 FROM kernel_outboxevent o
                    WHERE o.brand_id = c.brand_id AND o.lane = c.lane AND (o.xid, o.id) > (c.xid, c.last)
                      AND o.xid < pg_snapshot_xmin(pg_current_snapshot()))
"""


def work() -> list[tuple[UUID, str]]:
    """(brand, consumer) pairs with something to read; asked as the relay role, which sees all brands' outboxes."""
    with as_relay():
        return [(brand, consumer) for brand, consumer in rows(WORK)]


LOCK = """
    SELECT lane FROM kernel_cursor WHERE brand_id = %(brand)s AND consumer = %(consumer)s
     ORDER BY lane FOR UPDATE SKIP LOCKED
"""
READ = """
    SELECT o.id, o.aggregate, o.name, o.version, o.payload::text, o.trace, o.lane, o.xid::text
      FROM kernel_cursor c
      CROSS JOIN LATERAL (
           SELECT * FROM kernel_outboxevent e
            WHERE e.brand_id = %(brand)s AND e.lane = c.lane AND (e.xid, e.id) > (c.xid, c.last)
              AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
            ORDER BY e.xid, e.id LIMIT %(limit)s) o
     WHERE c.brand_id = %(brand)s AND c.consumer = %(consumer)s AND c.lane = ANY(%(lanes)s::smallint[])
     ORDER BY o.xid, o.id
"""
MOVE = """
    UPDATE kernel_cursor c SET xid = m.xid::xid8, last = m.last
      FROM unnest(%(lanes)s::smallint[], %(xids)s::text[], %(lasts)s::uuid[]) m(lane, xid, last)
     WHERE c.brand_id = %(brand)s AND c.consumer = %(consumer)s AND c.lane = m.lane
"""


def deliver(brand_id: UUID, consumer: Consumer, *, limit: int = 200) -> int:
    """Hand up to `limit` events a lane to the consumer and move its cursors, in one transaction; how many were read.

    Lanes another worker holds are skipped. When the handler fails, the events are handed over one by one and the one
    that fails is set aside as a dead letter with the reason (its way back: kernel.letters).
    """
    with span("relay.deliver", consumer=consumer.name), in_brand(brand_id):
        key = {"brand": brand_id, "consumer": consumer.name}
        lanes = [lane for (lane,) in rows(LOCK, key)]
        found = rows(READ, {**key, "lanes": lanes, "limit": limit}) if lanes else []
        if not found:
            return 0
        events = [_delivered(row) for row in found if not consumer.names or row[2] in consumer.names]
        with trace.continued(events[0].trace if events else ""):
            _hand_over(brand_id, consumer, events)
        ends = {row[6]: (row[7], row[0]) for row in found}
        execute(
            MOVE,
            {**key, "lanes": list(ends), "xids": [x for x, _ in ends.values()], "lasts": [i for _, i in ends.values()]},
        )
        return len(found)


AWAY = (OperationalError, InterfaceError)
"""The database's trouble (a deadlock, a lost connection), not the event's: all is tried again. A row that a constraint
refuses is the event's own, and would stand in the way of its lane for ever."""


def _hand_over(brand_id: UUID, consumer: Consumer, events: Sequence[Delivered]) -> None:
    if not events:
        return
    try:
        with savepoint():
            consumer.handler(events)
    except AWAY:
        raise
    except Exception:
        for event in events:
            try:
                with savepoint():
                    consumer.handler([event])
            except AWAY:
                raise
            except Exception as error:
                log.exception("dead letter", extra={"consumer": consumer.name, "event": str(event.id)})
                execute(BURY, [brand_id, uuid7(), consumer.name, event.id, event.name, repr(error)[:2000], clock.now()])


BURY = """
    INSERT INTO kernel_deadletter (brand_id, id, consumer, event_id, name, reason, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


EVENT = """
    SELECT id, aggregate, name, version, payload::text, trace FROM kernel_outboxevent WHERE brand_id = %s AND id = %s
"""


def read_event(brand_id: UUID, event_id: UUID) -> Delivered | None:
    """An event by its id; None when its month was taken out. Inside the brand."""
    found = rows(EVENT, [brand_id, event_id])
    return _delivered(found[0]) if found else None


def _delivered(row: tuple[Any, ...]) -> Delivered:
    return Delivered(row[0], row[1], row[2], row[3], msgspec.json.decode(row[4]), row[5])
