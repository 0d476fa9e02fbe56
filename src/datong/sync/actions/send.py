"""Telling a channel: claim, call, record. The calls stand outside of every transaction."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from datong.sync.actions.claim import Claim, claim, spend
from datong.sync.actions.record import record
from datong.sync.connectors.registry import connector_of
from datong.sync.ports import Connector
from datong.sync.queries import address_of
from datong.sync.rules import silent
from datong.sync.types import Message, Outcome, Result, Throttle

log = logging.getLogger(__name__)

BUDGET_S = 20.0
"""Calls begin within this of the claim, so that the last one ends well before the lease of the lanes does."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round did: messages by outcome, and calls made."""

    done: int = 0
    later: int = 0
    refused: int = 0
    calls: int = 0

    @property
    def total(self) -> int:
        return self.done + self.later + self.refused


@dataclass(slots=True)
class _Round:
    results: list[Result]
    sent: dict[UUID, Message] = field(default_factory=dict)
    calls: int = 0
    throttle: Throttle | None = None


def send_round(brand_id: UUID, channel_id: UUID) -> Sent:
    """Tell a channel what is due, once. Dying anywhere in here loses nothing: what was not recorded is said again."""
    claimed = claim(brand_id, channel_id)
    if claimed is None:
        return Sent()
    made = _Round(list(claimed.known))
    try:
        if claimed.messages:
            connector = connector_of(address_of(brand_id, channel_id))
            try:
                _dispatch(claimed, connector, made)
            finally:
                connector.close()
    finally:
        record(claimed, made.results, made.sent, made.throttle, dice=random.random())  # noqa: S311 spreads retries
    count = {outcome: sum(r.outcome is outcome for r in made.results) for outcome in Outcome}
    return Sent(count[Outcome.DONE], count[Outcome.LATER], count[Outcome.REFUSED], made.calls)


def _dispatch(claimed: Claim, connector: Connector, made: _Round) -> None:
    """Call after call while the bucket and the time last. A step whose forerunner did not go waits for it.

    The first call that gets no answer ends the round: the next one would wait as long for nothing.
    """
    until = time.monotonic() + BUDGET_S
    tokens, held = claimed.tokens, set[UUID]()
    for share in connector.calls(claimed.messages):
        ready = [m for m in share if claimed.due[m.id].family not in held]
        if not ready:
            continue
        if tokens < min(connector.cost, claimed.link.pace.most) or time.monotonic() > until:
            return
        tokens -= connector.cost
        spend(claimed.brand_id, claimed.channel_id, connector.cost)
        found = _push(connector, ready)
        made.calls += 1
        made.results += found
        made.sent.update({m.id: m for m in ready})
        made.throttle = connector.throttle() or made.throttle
        held |= {claimed.due[r.id].family for r in found if r.outcome is Outcome.LATER and r.code != "with_others"}
        if silent(found):
            return


def _push(connector: Connector, messages: Sequence[Message]) -> list[Result]:
    try:
        found = {result.id: result for result in connector.push(messages)}
    except Exception:
        log.exception("a connector failed")
        return [Result(m.id, Outcome.LATER, unclear=True, code="connector", why="our client failed") for m in messages]
    nothing = "the client gave no answer"
    return [
        found.get(m.id) or Result(m.id, Outcome.LATER, unclear=True, code="connector", why=nothing) for m in messages
    ]


def send_due(brand_id: UUID, channel_id: UUID, *, rounds: int = 20) -> Sent:
    """Rounds until nothing may go now; for a command and for tests."""
    total = Sent()
    for _ in range(rounds):
        one = send_round(brand_id, channel_id)
        total = Sent(
            total.done + one.done, total.later + one.later, total.refused + one.refused, total.calls + one.calls
        )
        if not one.total:
            break
    return total
