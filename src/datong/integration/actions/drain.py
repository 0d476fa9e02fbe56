"""The inbox is drained: read, placed in one batch, outcomes written in the transaction of the orders.

Locks: rows of the inbox first (FOR UPDATE SKIP LOCKED, so any number of workers share the work), then what
`orders.place` takes. A row that cannot be digested never holds up its neighbours: the batch is halved until the row
stands alone, and what is ours to mend is tried again later.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.db.transaction import TransactionManagementError

from datong.integration.actions.contexts import context_of
from datong.integration.actions.hearing import hear_news
from datong.integration.actions.keep import as_json, problems_data
from datong.integration.actions.notices import fetch_waiting
from datong.integration.models import Endpoint as EndpointRow
from datong.integration.models import ImportRun
from datong.integration.queries import endpoint_of
from datong.integration.rules import MAX_ATTEMPTS, NOT_YET_S, outcome_data, state_of, wait_of
from datong.integration.types import Context, Drained, InboxState, NotAnOrder, NotYet
from datong.integration.wire import tabular
from datong.integration.wire.mapping.language import mapping_of
from datong.integration.wire.registry import connector_of
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadInput, DatongError, NotFound, Problem, Unavailable
from datong.orders.api import place
from datong.orders.types import News, OrderIntent, Refused

log = logging.getLogger(__name__)

BATCH = 100
TRIES = 3
PASSING = (OperationalError, InterfaceError, TransactionManagementError, Unavailable)


@dataclass(slots=True)
class Item:
    """One row under way."""

    id: UUID
    channel_id: UUID
    connector: str
    door: str
    run_id: UUID | None
    vouches: bool
    external_id: str
    received_at: Any
    trace: str
    body: bytes
    attempts: int
    intents: tuple[OrderIntent, ...] = ()
    news: News | None = None
    state: InboxState | None = None
    awaits: bool = False
    retry_at: Any = None
    problems: Sequence[Problem] = ()
    outcome: Any = None


def drain(brand_id: UUID, limit: int = BATCH) -> Drained:
    """One round for a brand: ask platforms for what notices only name, then place what can be read."""
    fetch_waiting(brand_id, limit)
    return settle(brand_id, None, limit=limit)


def settle(brand_id: UUID, ids: Sequence[UUID] | None, *, limit: int = BATCH) -> Drained:
    """Bring pending rows to an end: those of `ids`, or the oldest due. Other workers' rows are left to them."""
    limit = len(ids) if ids is not None else limit
    for attempt in range(TRIES):
        try:
            return _once(brand_id, ids, limit)
        except PASSING as error:
            # Most often a deadlock with another batch: the same again, before anything is taken apart.
            if attempt < TRIES - 1:
                continue
            failure: Exception = error
        except Exception as error:
            failure = error
        break
    log.warning("a batch of the inbox failed and is taken apart", extra={"why": repr(failure)[:300]})
    return _apart(brand_id, list(ids) if ids is not None else _due(brand_id, limit), failure)


def _once(brand_id: UUID, ids: Sequence[UUID] | None, limit: int) -> Drained:
    doors: dict[tuple[str, UUID | None], _Door] = {}
    with in_brand(brand_id):
        items = _take(ids, limit)
        for item in items:
            _read(item, brand_id, doors)
        hear_news(items, brand_id)
        _place([item for item in items if item.intents], brand_id)
        _write(items)
        return Drained(len(items), dict(Counter(item.state for item in items if item.state)))


def _apart(brand_id: UUID, ids: list[UUID], error: Exception) -> Drained:
    """Halves, each in a transaction of its own; a row alone that still fails is put off or given up."""
    if len(ids) <= 1:
        return _give_up(brand_id, ids[0], error) if ids else Drained()
    taken, states = 0, Counter[InboxState]()
    middle = len(ids) // 2
    for half in (ids[:middle], ids[middle:]):
        if not half:
            continue
        try:
            done = _once(brand_id, half, len(half))
        except Exception as again:
            done = _apart(brand_id, half, again)
        taken += done.taken
        states.update(done.states)
    return Drained(taken, dict(states))


def _give_up(brand_id: UUID, inbox_id: UUID, error: Exception) -> Drained:
    """A passing fault is tried again, longer apart each time; anything else is a failure a person can replay."""
    passing = isinstance(error, PASSING)
    with in_brand(brand_id):
        items = _take([inbox_id], 1)
        for item in items:
            log.error("an inbox entry failed", exc_info=error, extra={"inbox_id": str(item.id)})
            fix = "nothing at the sender; it is tried again" if passing else "replay it when the fault is mended"
            item.problems = [Problem("", type(error).__name__, fix, str(error)[:200].replace("\x00", ""))]
            _put_off(item, error, InboxState.PENDING if passing else InboxState.FAILED)
        _write(items)
        return Drained(len(items), dict(Counter(item.state for item in items if item.state)))


def _put_off(item: Item, error: Exception, state: InboxState) -> None:
    item.state = state
    if state is InboxState.PENDING and item.attempts + 1 >= MAX_ATTEMPTS:
        item.state = InboxState.FAILED
    if item.state is InboxState.PENDING:
        item.retry_at = clock.now() + wait_of(item.attempts + 1, getattr(error, "retry_after_s", 0))


# reading -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Door:
    """What all rows of one door share: read once a batch."""

    context: Context
    parse: Callable[[bytes, Context], list[OrderIntent]]
    news: Callable[[bytes, Context], News] | None = None


def _read(item: Item, brand_id: UUID, doors: dict[tuple[str, UUID | None], _Door]) -> None:
    """Intents, or the state the row ends in without any."""
    try:
        intents = _parse(item, brand_id, doors)
    except NotYet as error:
        # Asked again ever more seldom; a day later the platform has closed the order, or has lost it.
        age_s = int((clock.now() - item.received_at).total_seconds())
        late = age_s > NOT_YET_S
        item.state, item.awaits = (InboxState.IGNORED, False) if late else (InboxState.PENDING, True)
        item.retry_at = None if late else clock.now() + wait_of(0, max(error.retry_after_s, age_s // 10))
        item.problems = [Problem("", "not_yet", "nothing: it is asked for again", str(error))]
    except NotAnOrder as error:
        item.state, item.problems = InboxState.IGNORED, [Problem("", error.code, "nothing", str(error))]
    except NotFound as error:
        item.state, item.problems = InboxState.FAILED, [Problem("", error.code, "open the door again", str(error))]
    except BadInput as error:
        item.state = InboxState.REJECTED
        item.problems = error.problems or [Problem("", error.code, "a payload that can be read", str(error))]
    else:
        item.intents = tuple(replace(intent, trace=item.trace) for intent in intents)
        item.external_id = item.external_id or (intents[0].external_id if len(intents) == 1 else "")


def _parse(item: Item, brand_id: UUID, doors: dict[tuple[str, UUID | None], _Door]) -> list[OrderIntent]:
    key = (f"{item.connector} {item.channel_id} {item.door}", item.run_id)
    door = doors.get(key)
    if door is None:
        door = doors[key] = _door(item, brand_id)
    context = replace(door.context, vouches=item.vouches, inbox_id=item.id)
    try:
        intents = door.parse(item.body, context)
    except NotAnOrder:
        item.news = door.news(item.body, context) if door.news else None
        raise
    item.news = door.news(item.body, context) if door.news else None
    return intents


def _door(item: Item, brand_id: UUID) -> _Door:
    """The door as it is now: a mapping that was mended makes a replay succeed. A closed door still has its words."""
    secrets: Mapping[str, str] = {}
    settings: Mapping[str, Any] = {}
    if item.run_id is None and item.door:
        try:
            endpoint, secrets = endpoint_of(item.door)
            settings = endpoint.settings
        except DatongError:
            settings = EndpointRow.objects.filter(token=item.door).values_list("settings", flat=True).first() or {}
    context = context_of(
        brand_id, item.channel_id, secrets=secrets, settings=settings, received_by=f"inbox:{item.connector}"
    )
    if item.run_id is None:
        connector = connector_of(item.connector, settings)
        return _Door(context, connector.parse, connector.news)
    run = ImportRun.objects.filter(brand_id=brand_id, id=item.run_id).only("mapping").first()
    if run is None:
        raise NotFound("the import run of this row is gone")
    return _Door(context, partial(tabular.parse, mapping=mapping_of(run.mapping)))


# placing -------------------------------------------------------------------------------------------------------------


def _place(items: Sequence[Item], brand_id: UUID) -> None:
    """All orders of the batch in one call; each row gets what became of its own."""
    if not items:
        return
    intents = [intent for item in items for intent in item.intents]
    outcomes = iter(place(intents, brand=brand_id, actor="inbox"))
    for item in items:
        mine = [next(outcomes) for _ in item.intents]
        item.state, item.outcome = state_of(mine), outcome_data(mine)
        item.problems = [problem for outcome in mine if isinstance(outcome, Refused) for problem in outcome.problems]


# rows ----------------------------------------------------------------------------------------------------------------

TAKE = """
    SELECT id, channel_id, connector, door, run_id, vouches, external_id, received_at, trace, coalesce(fetched, body),
           attempts
      FROM integration_inbox
     WHERE brand_id = %(brand)s AND state = 'pending' AND NOT awaits
       AND (%(ids)s::uuid[] IS NULL AND (retry_at IS NULL OR retry_at <= %(now)s) OR id = ANY (%(ids)s::uuid[]))
     ORDER BY id LIMIT %(limit)s
       FOR UPDATE SKIP LOCKED
"""


def _take(ids: Sequence[UUID] | None, limit: int) -> list[Item]:
    params = {"brand": current_brand(), "ids": None if ids is None else list(ids), "now": clock.now(), "limit": limit}
    return [Item(*(*head, bytes(body), attempts)) for *head, body, attempts in rows(TAKE, params)]


DUE = """
    SELECT id FROM integration_inbox
     WHERE brand_id = %(brand)s AND state = 'pending' AND NOT awaits AND (retry_at IS NULL OR retry_at <= %(now)s)
     ORDER BY id LIMIT %(limit)s
"""


def _due(brand_id: UUID, limit: int) -> list[UUID]:
    with in_brand(brand_id):
        return [row for (row,) in rows(DUE, {"brand": brand_id, "now": clock.now(), "limit": limit})]


WRITE = """
    UPDATE integration_inbox i
       SET state = r.state, awaits = r.awaits, retry_at = r.retry_at, external_id = r.external_id,
           problems = r.problems, outcome = r.outcome, attempts = i.attempts + 1,
           decided_at = CASE WHEN r.state <> 'pending' THEN %(now)s::timestamptz END
      FROM unnest(%(ids)s::uuid[], %(states)s::text[], %(awaits)s::bool[], %(retries)s::timestamptz[],
                  %(externals)s::text[], %(problems)s::jsonb[], %(outcomes)s::jsonb[])
        AS r(id, state, awaits, retry_at, external_id, problems, outcome)
     WHERE i.brand_id = %(brand)s AND i.id = r.id
"""


def _write(items: Sequence[Item]) -> None:
    done = [item for item in items if item.state is not None]
    if not done:
        return
    execute(
        WRITE,
        {
            "brand": current_brand(),
            "now": clock.now(),
            "ids": [item.id for item in done],
            "states": [item.state.value for item in done if item.state],
            "awaits": [item.awaits for item in done],
            "retries": [item.retry_at for item in done],
            "externals": [item.external_id[:120] for item in done],
            "problems": [as_json(problems_data(item.problems)) for item in done],
            "outcomes": [as_json(item.outcome or {}) for item in done],
        },
    )
