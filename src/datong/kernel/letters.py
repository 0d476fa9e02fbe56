"""Dead letters and their way back: an event that was set aside is handed to its consumer again and settled, once."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError

from datong.kernel import audit, clock, trace
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue
from datong.kernel.outbox import lane_of
from datong.kernel.relay import Consumer, Delivered, read_event

log = logging.getLogger(__name__)

PAGE = 200
FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Letter:
    """An event that `consumer` could not apply at `at`, with what it said then or at the last try."""

    id: UUID
    consumer: str
    event_id: UUID
    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a letter; `reason` is empty when it is settled."""

    letter: Letter
    reason: str


WAITING = """
    SELECT id, consumer, event_id, name, reason, at FROM kernel_deadletter
     WHERE brand_id = %s AND settled_at IS NULL AND id > %s ORDER BY id LIMIT %s
"""


def waiting(brand_id: UUID, *, after: UUID = FIRST, limit: int = PAGE) -> list[Letter]:
    """The letters that nobody has settled, oldest first, from the one behind `after` on."""
    with in_brand(brand_id):
        return [Letter(*row) for row in rows(WAITING, [brand_id, after, limit])]


def hand_over_again(brand_id: UUID, consumers: Sequence[Consumer]) -> Iterator[Tried]:
    """Hand each waiting letter's event to its consumer, oldest first, each in a transaction of its own.

    A letter that fails again stays, with the new reason. One that another process settles meanwhile is passed over.
    """
    by_name = {consumer.name: consumer for consumer in consumers}
    after = FIRST
    while page := waiting(brand_id, after=after):
        for letter in page:
            try:
                if not _apply(brand_id, letter, by_name.get(letter.consumer)):
                    continue
            except (OperationalError, InterfaceError):
                raise  # the database's trouble, not the event's: run it again
            except UndeliverableError as error:
                yield _noted(brand_id, letter, str(error))
            except Exception as error:
                log.exception("dead letter, again", extra={"consumer": letter.consumer, "event": str(letter.event_id)})
                yield _noted(brand_id, letter, repr(error)[:2000])
            else:
                yield Tried(letter, "")
        after = page[-1].id


def drop(brand_id: UUID, event_id: UUID, *, by: str, reason: str) -> list[Letter]:
    """Give an event up for every consumer that set it aside: the letters that are settled by it, none when none waits.

    Nothing is applied; who said so and why stands in the audit trail.
    """
    if not reason.strip():
        raise BadValue("reason", reason, "why the event need not be applied")
    with in_brand(brand_id):
        dropped = [Letter(*row) for row in rows(DROP, {"brand": brand_id, "event": event_id, "now": clock.now()})]
        for letter in dropped:
            audit.record(
                brand=brand_id,
                actor=by,
                verb="event.dropped",
                subject=f"event {event_id}",
                before={"consumer": letter.consumer, "event": letter.name, "failed": letter.reason[: audit.MAX_TEXT]},
                reason=reason,
            )
    return dropped


class UndeliverableError(Exception):
    """There is nobody to hand it to, or nothing to hand over; the message says which."""


LANE = """
    SELECT 1 FROM kernel_cursor WHERE brand_id = %s AND consumer = %s AND lane = %s FOR UPDATE
"""
DROP = """
    UPDATE kernel_deadletter SET settled_at = %(now)s
     WHERE brand_id = %(brand)s AND event_id = %(event)s AND settled_at IS NULL
    RETURNING id, consumer, event_id, name, reason, at
"""
LETTER = """
    SELECT 1 FROM kernel_deadletter WHERE brand_id = %s AND id = %s AND settled_at IS NULL FOR UPDATE
"""
SETTLE = """
    UPDATE kernel_deadletter SET settled_at = %s WHERE brand_id = %s AND id = %s
"""
NOTE = """
    UPDATE kernel_deadletter SET reason = %s WHERE brand_id = %s AND id = %s AND settled_at IS NULL
"""


def _apply(brand_id: UUID, letter: Letter, consumer: Consumer | None) -> bool:
    """Effect and settlement in one transaction; False when somebody else has settled it.

    The lane is locked first, as the relay does, so that no later event of the aggregate is applied at the same time.
    """
    with in_brand(brand_id):
        event = _event(brand_id, letter)
        if consumer is None:
            raise UndeliverableError(f"this version has no consumer {letter.consumer!r}")
        rows(LANE, [brand_id, letter.consumer, lane_of(event.aggregate)])
        if not rows(LETTER, [brand_id, letter.id]):
            return False
        with trace.continued(event.trace):
            consumer.handler([event])
        execute(SETTLE, [clock.now(), brand_id, letter.id])
        return True


def _noted(brand_id: UUID, letter: Letter, reason: str) -> Tried:
    with in_brand(brand_id):
        execute(NOTE, [reason, brand_id, letter.id])
    return Tried(letter, reason)


def _event(brand_id: UUID, letter: Letter) -> Delivered:
    event = read_event(brand_id, letter.event_id)
    if event is None:
        raise UndeliverableError("its event is not in the outbox any more: the month was taken out")
    return event
