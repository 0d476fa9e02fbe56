"""Messages that only name their order: the platform is asked for it, outside of any transaction.

A row is leased while it is asked for (its `retry_at` is moved ahead), so that two workers never ask for the same and a
dead worker's rows come round again by themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from datong.integration.actions.contexts import context_of
from datong.integration.actions.keep import as_json, problems_data
from datong.integration.queries import endpoint_of
from datong.integration.rules import MAX_ASKS, wait_of
from datong.integration.types import Context, InboxState
from datong.integration.wire.registry import connector_of
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadInput, DatongError, NotAllowed, NotFound, Problem, Unavailable

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
AT_ONCE = 8
MAX_DETAILS_BYTES = 2 * 1024 * 1024


@dataclass(slots=True)
class Notice:
    id: UUID
    channel_id: UUID
    connector: str
    door: str
    external_id: str
    body: bytes
    attempts: int
    context: Context | None = None
    fetched: bytes | None = None
    state: InboxState = InboxState.PENDING
    retry_at: Any = None
    problems: Sequence[Problem] = ()


def fetch_waiting(brand_id: UUID, limit: int) -> int:
    """Ask for the details of up to `limit` notices; how many were asked for."""
    with in_brand(brand_id):
        answered = execute(ANSWERED, {"brand": brand_id, "now": clock.now()})
        params = {"brand": brand_id, "now": clock.now(), "until": clock.now() + LEASE, "limit": limit}
        notices = [Notice(*(*head, bytes(body), attempts)) for *head, body, attempts in rows(TAKE, params)]
    if not notices:
        return answered
    for notice in notices:
        _prepare(notice, brand_id)
    with ThreadPoolExecutor(min(AT_ONCE, len(notices))) as pool:
        asked = [pool.submit(copy_context().run, _ask, notice) for notice in notices if notice.context]
        for future in asked:
            future.result()
    with in_brand(brand_id):
        _write(notices)
    return answered + len(notices)


# A notice whose order another notice has brought already needs no question: 'paid' follows 'new'.
ANSWERED = """
    UPDATE integration_inbox n
       SET state = 'repeat', awaits = false, retry_at = NULL, decided_at = %(now)s, attempts = n.attempts + 1,
           outcome = f.outcome || '{"repeat": true}', problems = '[]'
      FROM integration_inbox f
     WHERE n.brand_id = %(brand)s
       AND n.id IN (SELECT w.id FROM integration_inbox w
                     WHERE w.brand_id = %(brand)s AND w.state = 'pending' AND w.awaits AND w.external_id <> ''
                       FOR UPDATE SKIP LOCKED)
       AND f.brand_id = %(brand)s AND f.channel_id = n.channel_id AND f.external_id = n.external_id
       AND f.state = 'placed'
"""
TAKE = """
    UPDATE integration_inbox i SET retry_at = %(until)s
      FROM (SELECT id FROM integration_inbox
             WHERE brand_id = %(brand)s AND state = 'pending' AND awaits AND (retry_at IS NULL OR retry_at <= %(now)s)
             ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) w
     WHERE i.brand_id = %(brand)s AND i.id = w.id
    RETURNING i.id, i.channel_id, i.connector, i.door, i.external_id, i.body, i.attempts
"""


def _prepare(notice: Notice, brand_id: UUID) -> None:
    """The door's secrets, read before any thread starts: threads that ask platforms never touch the database."""
    try:
        endpoint, secrets = endpoint_of(notice.door)
        notice.context = context_of(brand_id, notice.channel_id, secrets=secrets, settings=endpoint.settings)
    except (NotFound, NotAllowed, Unavailable) as error:
        notice.state = InboxState.FAILED
        notice.problems = [Problem("", error.code, "open the door again, then replay", str(error))]


def _ask(notice: Notice) -> None:
    assert notice.context is not None
    try:
        ask = connector_of(notice.connector, notice.context.settings).fetch
        notice.fetched = ask(notice.body, notice.context) if ask else notice.body
        if len(notice.fetched) > MAX_DETAILS_BYTES:
            raise BadInput("the details are too large", Problem("", "too_large", f"at most {MAX_DETAILS_BYTES} bytes"))
    except Unavailable as error:
        notice.problems = [Problem("", error.code, "nothing: it is asked for again", str(error)[:200])]
        if notice.attempts + 1 >= MAX_ASKS:
            notice.state = InboxState.FAILED
        else:
            notice.retry_at = clock.now() + wait_of(notice.attempts + 1, error.retry_after_s)
    except DatongError as error:
        notice.fetched, notice.state = None, InboxState.REJECTED
        notice.problems = error.problems or [Problem("", error.code, "what the platform says", str(error)[:200])]
    except Exception as error:
        log.exception("asking a platform failed", extra={"inbox_id": str(notice.id)})
        notice.fetched, notice.state = None, InboxState.FAILED
        notice.problems = [Problem("", type(error).__name__, "replay it when the fault is mended", str(error)[:200])]


WRITE = """
    UPDATE integration_inbox i
       SET fetched = coalesce(r.fetched, i.fetched), awaits = r.awaits, state = r.state, retry_at = r.retry_at,
           problems = r.problems, attempts = i.attempts + r.tries,
           decided_at = CASE WHEN r.state <> 'pending' THEN %(now)s::timestamptz END
      FROM unnest(%(ids)s::uuid[], %(fetched)s::bytea[], %(awaits)s::bool[], %(states)s::text[],
                  %(retries)s::timestamptz[], %(problems)s::jsonb[], %(tries)s::int[])
        AS r(id, fetched, awaits, state, retry_at, problems, tries)
     WHERE i.brand_id = %(brand)s AND i.id = r.id AND i.state = 'pending'
"""


def _write(notices: Sequence[Notice]) -> None:
    execute(
        WRITE,
        {
            "brand": current_brand(),
            "now": clock.now(),
            "ids": [n.id for n in notices],
            "fetched": [n.fetched for n in notices],
            "awaits": [n.fetched is None for n in notices],
            "states": [n.state.value for n in notices],
            "retries": [n.retry_at for n in notices],
            "problems": [as_json(problems_data(n.problems)) for n in notices],
            "tries": [int(n.fetched is None) for n in notices],
        },
    )
