"""Which step may follow which."""

from __future__ import annotations

from datong.fulfilment.types import FulfilmentKind
from datong.fulfilment.types import TaskState as S
from datong.kernel.errors import BadValue

ENDED = frozenset({S.REFUSED, S.HANDED_OVER, S.DONE, S.CANCELLED})
"""Nothing is left to do in the store."""

LEFT = frozenset({S.HANDED_OVER, S.DONE})
"""The goods have left the shelf."""

BEFORE: dict[S, frozenset[S]] = {
    S.ACCEPTED: frozenset({S.NEW}),
    S.REFUSED: frozenset({S.NEW, S.ACCEPTED}),
    S.READY: frozenset({S.NEW, S.ACCEPTED}),
    S.HANDED_OVER: frozenset({S.NEW, S.ACCEPTED, S.READY}),
    S.DONE: frozenset({S.NEW, S.ACCEPTED, S.READY, S.HANDED_OVER}),
}
"""What a state may be reached from; a step that was made already is no mistake, it is the same answer again."""

IN_ORDER: dict[S, frozenset[S]] = BEFORE | {
    S.READY: frozenset({S.ACCEPTED}),
    S.HANDED_OVER: frozenset({S.READY}),
    S.DONE: frozenset({S.HANDED_OVER}),
}
"""The same of a delivery: accepted, prepared, picked up, delivered, one after the other; none is skipped."""

MAX_REASON, MAX_CARRIER, MAX_TRACKING = 300, 60, 80


def may_follow(state: S, to: S, kind: FulfilmentKind) -> bool:
    """Whether a task in this state can take the step."""
    return state in (IN_ORDER if kind is FulfilmentKind.DELIVERY else BEFORE)[to]


def check_words(to: S, reason: str, carrier: str, tracking: str) -> None:
    """Raises BadValue naming the field."""
    if to is S.REFUSED and not reason.strip():
        raise BadValue("reason", reason, "a few words on why the store cannot do it")
    for field, text, most in (
        ("reason", reason, MAX_REASON),
        ("carrier", carrier, MAX_CARRIER),
        ("tracking", tracking, MAX_TRACKING),
    ):
        if len(text) > most or not text.isprintable():
            raise BadValue(field, text[:80], f"at most {most} printable characters")
