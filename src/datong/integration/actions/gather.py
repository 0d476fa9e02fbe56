"""Our own API's orders, answered while the caller waits. Calls that arrive together are committed together.

The first caller of a brand becomes the leader: it waits a moment for others, takes all that stand in the queue, and
commits them in one transaction with one call of `orders.place`; each caller gets its own answer or its own refusal.
Alone, a caller waits for nobody. One queue a brand and process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import OperationalError
from django.db.transaction import TransactionManagementError

from datong.integration.actions.keep import Row, keep
from datong.integration.rules import outcome_data, state_of
from datong.integration.types import MAX_ORDERS, InboxState
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, Problem, Unavailable
from datong.orders.api import place
from datong.orders.types import OrderIntent, Outcome, Refused

log = logging.getLogger(__name__)

TRIES = 3
WINDOW_S = 0.002
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one call: the outcome of each order, and the entries they are kept as."""

    outcomes: tuple[Outcome, ...]
    inbox_ids: tuple[UUID, ...]
    external_ids: tuple[str, ...]


@dataclass(slots=True)
class _Call:
    rows: Sequence[Row]
    intents: Sequence[OrderIntent | None]  # None: the row is kept, its order could not be read
    actor: str
    wake: threading.Event = field(default_factory=threading.Event)
    leads: bool = False
    answer: Answer | None = None
    error: BaseException | None = None

    @property
    def over(self) -> bool:
        return self.answer is not None or self.error is not None


@dataclass(slots=True)
class _Queue:
    waiting: list[_Call] = field(default_factory=list)
    leading: bool = False
    callers: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


_queues: dict[UUID, _Queue] = {}
_queues_lock = threading.Lock()


def take(brand_id: UUID, found: Sequence[Row], intents: Sequence[OrderIntent | None], *, actor: str) -> Answer:
    """Keep the rows, place their orders and commit. A row without an intent is kept in the state it has.

    Raises what placing raised (then nothing of this call was kept), Unavailable when its turn does not come.
    """
    call = _Call(found, intents, actor)
    with _queues_lock:
        queue = _queues.setdefault(brand_id, _Queue())
    with queue.lock:
        queue.waiting.append(call)
        queue.callers += 1
        call.leads, queue.leading = not queue.leading, True
    try:
        if not call.leads and not call.wake.wait(PATIENCE_S):
            _leave(queue, call)
        if call.leads and not call.over:
            _lead(brand_id, queue)
    finally:
        with queue.lock:
            queue.callers -= 1
    if call.error is not None:
        raise call.error
    assert call.answer is not None
    return call.answer


def _leave(queue: _Queue, call: _Call) -> None:
    """Give up waiting, unless the turn has come in this very moment."""
    with queue.lock:
        if call in queue.waiting and not call.leads:
            queue.waiting.remove(call)
            call.error = Unavailable("the order waits too long; send it again", retry_after_s=2)
    if not call.leads and not call.over and not call.wake.wait(PATIENCE_S):
        call.error = Unavailable("the order's turn does not end; ask for it before sending it again")


def _lead(brand_id: UUID, queue: _Queue) -> None:
    """Commit one batch, which holds the leader's own call, and hand the lead to the next that waits."""
    if queue.callers > 1:
        time.sleep(WINDOW_S)
    with queue.lock:
        batch: list[_Call] = []
        size = 0
        while queue.waiting and (not batch or size + len(queue.waiting[0].rows) <= MAX_ORDERS):
            batch.append(queue.waiting.pop(0))
            size += len(batch[-1].rows)
    try:
        _commit(brand_id, batch)
    finally:
        for call in batch:
            if not call.over:
                call.error = Unavailable("the order was not taken; send it again")
        with queue.lock:
            queue.leading = bool(queue.waiting)
            if queue.waiting:
                queue.waiting[0].leads = True
                queue.waiting[0].wake.set()
        for call in batch:
            call.wake.set()


def _commit(brand_id: UUID, batch: Sequence[_Call]) -> None:
    """Together; when that fails, the same again for a passing fault, then each call alone."""
    for _ in range(TRIES - 1):
        try:
            return _together(brand_id, batch)
        except (OperationalError, TransactionManagementError):
            continue
        except Exception:
            break
    try:
        _together(brand_id, batch)
    except Exception as error:
        if len(batch) == 1:
            batch[0].error = error
            return None
        log.warning("a batch of calls failed and is taken apart", extra={"why": repr(error)[:300]})
        for call in batch:
            _commit(brand_id, [call])


def _together(brand_id: UUID, batch: Sequence[_Call]) -> None:
    intents = [intent for call in batch for intent in call.intents if intent is not None]
    answers: list[Answer] = []
    with in_brand(brand_id):
        outcomes = iter(place(intents, brand=brand_id, actor=batch[0].actor) if intents else ())
        kept: list[Row] = []
        for call in batch:
            mine: list[Outcome] = []
            for row, intent in zip(call.rows, call.intents, strict=True):
                if intent is None:
                    mine.append(Refused("bad_input", tuple(row.problems)))
                    kept.append(row)
                    continue
                mine.append(next(outcomes))
                kept.append(_settled(row, mine[-1]))
            ids, externals = [row.id for row in call.rows], [row.external_id for row in call.rows]
            answers.append(Answer(tuple(mine), tuple(ids), tuple(externals)))
        keep(kept)
    for call, answer in zip(batch, answers, strict=True):
        call.answer = answer


def _settled(row: Row, outcome: Outcome) -> Row:
    problems: Sequence[Problem] = outcome.problems if isinstance(outcome, Refused) else ()
    return replace(row, state=state_of([outcome]), outcome=outcome_data([outcome]), problems=problems, attempts=1)


def unread(row: Row, error: BadInput) -> Row:
    """A row whose order could not be read: kept with the reasons."""
    problems = error.problems or (Problem("", error.code, "a payload that can be read", str(error)),)
    return replace(row, state=InboxState.REJECTED, problems=problems, attempts=1)
