"""Decisions of sync: when a message goes again, when a channel is left alone, what may be sold at it."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from datong.sync.types import Kind, Outcome, Result

LANES = 8
NOWHERE = UUID(int=0)
"""The place of a message that is about no place."""

MAX_ATTEMPTS = 12
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 300.0
ECHO_S = 15.0
"""A call without an answer may be applied as late as this; then its figure is said once more."""

FAILURES_OPEN = 5
LONGEST_REST_S = 60.0
THEIR_TROUBLE = frozenset({"away", "timeout", "broken", "not_believed", "throttled", "unavailable"})
"""Codes that say something about the channel, nothing about the message: they never make a dead letter."""
OURS_TO_REPEAT = frozenset({"stale", "with_others", "busy"})
"""Codes that ask for the same message again, at once or nearly."""


def lane_of(family: UUID) -> int:
    return family.int % LANES


def wait_s(attempts: int, result: Result, dice: float) -> float:
    """Seconds until the next try: what the platform asked for, else doubled each time, the upper half by chance.

    `dice` in [0, 1). What is ours to repeat waits only as long as the platform said.
    """
    if result.code in OURS_TO_REPEAT:
        return result.retry_after_s
    backoff = min(FIRST_WAIT_S * 2 ** min(attempts, 20), LONGEST_WAIT_S)
    return max(result.retry_after_s, backoff * (0.5 + dice / 2))


def is_dead(attempts: int, result: Result) -> bool:
    """Whether to give up after this try, the `attempts`th."""
    if result.outcome is Outcome.REFUSED:
        return True
    return attempts >= MAX_ATTEMPTS and result.code not in THEIR_TROUBLE | OURS_TO_REPEAT


def rest_s(failures: int) -> float:
    """How long a channel is left alone after so many calls in a row without an answer: the circuit is open."""
    if failures < FAILURES_OPEN:
        return 0.0
    return min(2.0 ** (failures - FAILURES_OPEN), LONGEST_REST_S)


def silent(results: Sequence[Result]) -> bool:
    """Whether a call got no answer about its messages."""
    return bool(results) and all(r.outcome is Outcome.LATER and r.code in THEIR_TROUBLE for r in results)


@dataclass(frozen=True, slots=True)
class Target:
    """A figure a channel shows: `ref` is their location id, `stores` are ours that count for it."""

    place: UUID
    ref: str
    stores: tuple[UUID, ...]


def targets(mode: str, places: Mapping[str, str], stores: Sequence[UUID]) -> list[Target]:
    """Where a channel keeps stock apart: one target for the sum, or one a mapped store."""
    if mode == "location":
        known = [store for store in stores if str(store) in places]
        return [Target(store, places[str(store)], (store,)) for store in known]
    return [Target(NOWHERE, places.get("", ""), tuple(stores))]


_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|/h[1-6]|/tr)\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]{0,2000}>")


def plain(markup: str) -> str:
    """The words of a piece of HTML, a paragraph a line: what two systems that dress a text differently agree on."""
    lines = html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).split("\n")
    return "\n".join(line for line in (" ".join(line.split()) for line in lines) if line)


def dressed(text: str) -> str:
    """Plain text as HTML, a line a paragraph."""
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.split("\n") if line.strip())


def order_of(kind: Kind) -> int:
    """The order in which an order's steps make sense."""
    return list(Kind).index(kind)


def later(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)
