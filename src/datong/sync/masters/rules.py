"""Whose value holds, and when to stop. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from datong.sync.masters.types import Field, FieldName, FieldState, Master, Step

MAX_FIGHTS = 3
FORGET = timedelta(hours=24)
DEFAULTS: Mapping[FieldName, Master] = dict.fromkeys(FieldName, Master.DATONG)
ALLOWED: Mapping[FieldName, tuple[Master, ...]] = {
    FieldName.TITLE: (Master.DATONG, Master.CHANNEL, Master.ERP),
    FieldName.PRICE: (Master.DATONG, Master.CHANNEL, Master.ERP),
    FieldName.STOCK: (Master.DATONG, Master.ERP),  # one channel's own figure cannot be the stock of all
}
PUSHABLE = {FieldName.PRICE, FieldName.STOCK}


def decide(
    name: FieldName, master: Master, theirs: str, ours: str, before: Field | None, *, pending: bool, now: datetime
) -> tuple[Step, int]:
    """(what to do, fights). `pending`: ours is on its way there already, so that what they show is old news.

    Each time a value has to be set right again within a day is a fight; after MAX_FIGHTS of them nobody sets it right
    any more. A stock that differs is looked at twice: a sale there shows before we have heard of it.
    """
    fights = before.fights if before and now - before.at < FORGET else 0
    if theirs == ours or pending:
        return Step.NOTHING, fights
    if before and before.state is FieldState.STOPPED:
        return Step.STOP, fights
    takes = master is Master.CHANNEL
    if not takes and name not in PUSHABLE:
        return Step.NOTHING, fights
    if name is FieldName.STOCK and not (before and before.theirs == theirs and before.state is not FieldState.AGREES):
        return Step.NOTHING, fights
    if fights >= MAX_FIGHTS:
        return Step.STOP, fights
    return (Step.TAKE if takes else Step.PUSH), fights + 1


def state_of(step: Step, *, same: bool, pending: bool) -> FieldState:
    if step is Step.STOP:
        return FieldState.STOPPED
    if step is Step.TAKE:
        return FieldState.TAKEN
    if step is Step.PUSH or (pending and not same):
        return FieldState.PUSHED
    return FieldState.AGREES if same else FieldState.DIFFERS
