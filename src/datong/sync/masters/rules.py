"""Whose value holds, and when to stop. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from datong.sync.masters.types import Field, FieldName, FieldState, Master, Step

MAX_FIGHTS = 3
FORGET = timedelta(hours=24)
DEFAULTS: Mapping[FieldName, Master] = {
    FieldName.TITLE: Master.NOBODY,  # a shop's own words are not written over because it was connected
    FieldName.DESCRIPTION: Master.NOBODY,
    FieldName.PRICE: Master.DATONG,
    FieldName.STOCK: Master.DATONG,
}
ALLOWED: Mapping[FieldName, tuple[Master, ...]] = {
    FieldName.TITLE: (Master.NOBODY, Master.DATONG, Master.CHANNEL, Master.ERP),
    FieldName.DESCRIPTION: (Master.NOBODY, Master.DATONG, Master.CHANNEL),
    FieldName.PRICE: (Master.DATONG, Master.CHANNEL, Master.ERP),
    FieldName.STOCK: (Master.DATONG, Master.ERP),  # one channel's own figure cannot be the stock of all
}
TEXTS = frozenset({FieldName.TITLE, FieldName.DESCRIPTION})
SHOWN = 300
"""So much of a text is kept to be shown."""


def excerpts(theirs: str, ours: str) -> tuple[str, str]:
    """Both texts as they are kept: where they are long, from a little before they part."""
    if len(theirs) <= SHOWN and len(ours) <= SHOWN:
        return theirs, ours
    same = next((n for n, (a, b) in enumerate(zip(theirs, ours, strict=False)) if a != b), min(len(theirs), len(ours)))
    start = max(0, same - 40)
    lead = "…" if start else ""
    return (lead + theirs[start:])[:SHOWN], (lead + ours[start:])[:SHOWN]


def decide(
    name: FieldName,
    master: Master,
    theirs: str,
    ours: str,
    before: Field | None,
    *,
    pending: bool,
    now: datetime,
    rivals: Sequence[str] = (),
) -> tuple[Step, int]:
    """(what to do, fights). `pending`: ours is on its way there already, so that what they show is old news.

    Each time a value has to be set right again within a day is a fight; after MAX_FIGHTS of them nobody sets it right
    any more. A stock that differs is looked at twice: a sale there shows before we have heard of it. `rivals`: what
    other channels that lead the same field say; while one says something else, none is taken over.
    """
    fights = before.fights if before and now - before.at < FORGET else 0
    if theirs == ours or pending:
        return Step.NOTHING, fights
    if before and before.state is FieldState.STOPPED:
        return Step.STOP, fights
    takes = master is Master.CHANNEL
    if master is Master.NOBODY:
        return Step.NOTHING, fights
    if takes and any(rival != theirs for rival in rivals):
        return Step.CONFLICT, fights
    if name is FieldName.STOCK and not (before and before.theirs == theirs and before.state is not FieldState.AGREES):
        return Step.NOTHING, fights
    if fights >= MAX_FIGHTS:
        return Step.STOP, fights
    return (Step.TAKE if takes else Step.PUSH), fights + 1


def state_of(step: Step, *, same: bool, pending: bool) -> FieldState:
    if step is Step.STOP:
        return FieldState.STOPPED
    if step is Step.CONFLICT:
        return FieldState.CONFLICT
    if step is Step.TAKE:
        return FieldState.TAKEN
    if step is Step.PUSH or (pending and not same):
        return FieldState.PUSHED
    return FieldState.AGREES if same else FieldState.DIFFERS
