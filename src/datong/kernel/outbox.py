"""The outbox: an event is written in the transaction that made it true, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol
from uuid import UUID

import msgspec

from datong.kernel import trace
from datong.kernel.db import current_brand, execute
from datong.kernel.ids import uuid7

LANES = 8


class Event(Protocol):
    """A frozen dataclass in a module's events.py: what happened, past tense, with a version."""

    name: ClassVar[str]
    version: ClassVar[int]

    @property
    def aggregate(self) -> UUID: ...


def lane_of(aggregate: UUID) -> int:
    """Events of one aggregate share a lane, and a lane is read by one worker at a time: that keeps their order."""
    return aggregate.int % LANES


EMIT = """
    INSERT INTO kernel_outboxevent (brand_id, id, lane, aggregate, name, version, payload, trace)
    SELECT %(brand)s, * FROM unnest(%(ids)s::uuid[], %(lanes)s::smallint[], %(aggregates)s::uuid[], %(names)s::text[],
                                    %(versions)s::smallint[], %(payloads)s::jsonb[], %(traces)s::text[])
"""


def emit(*events: Event, traces: Sequence[str] = ()) -> None:
    """Write events into the open transaction: one statement, whatever their number.

    `traces`: the traceparent of each event, where they come from several requests; '' or none given is the present one.
    """
    if not events:
        return
    header = trace.current().header
    execute(
        EMIT,
        {
            "brand": current_brand(),
            "ids": [uuid7() for _ in events],
            "lanes": [lane_of(event.aggregate) for event in events],
            "aggregates": [event.aggregate for event in events],
            "names": [event.name for event in events],
            "versions": [event.version for event in events],
            "payloads": [encode(event) for event in events],
            "traces": [own or header for own in traces] or [header] * len(events),
        },
    )


def encode(event: Any) -> str:
    return msgspec.json.encode(event).decode()


RESTAMP = """
    UPDATE kernel_outboxevent SET xid = pg_current_xact_id()
"""
REWIND = """
    UPDATE kernel_cursor c
       SET xid = pg_current_xact_id(),
           last = coalesce((SELECT max(o.id::text)::uuid FROM kernel_outboxevent o
                             WHERE o.brand_id = c.brand_id AND o.lane = c.lane AND (o.xid, o.id) <= (c.xid, c.last)),
                           '00000000-0000-0000-0000-000000000000')
"""


def restamp(cursor: Any) -> None:
    """After a restore into another cluster (run by the owner): transaction ids there are not the ones in the rows.

    The cursors are moved first, to the last event each had read; then all events get the current transaction's id,
    so that what was unread is still to be read and nothing is read twice.
    """
    cursor.execute(REWIND)
    cursor.execute(RESTAMP)


__all__ = ["LANES", "Event", "emit", "encode", "lane_of", "restamp"]
