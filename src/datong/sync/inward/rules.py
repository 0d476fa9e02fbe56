"""Pure decisions of pulling: what of a list is news, where to read on, when to come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from datong.integration.types import Listed
from datong.orders.types import Booked, OrderState
from datong.sync.inward.types import Change, Known, Pace

MAX_WAIT_S = 1800


def change_of(seen: Listed, sha: bytes, known: Known | None, ours: Booked | None) -> Change | None:
    """What of a listed order has to go through the inbox, if anything.

    Each thing is handed over once: a payload that was refused is not sent again and again by every reading, but a
    changed one is. An order that was called off before we ever had it is nothing to take.
    """
    if ours is None:
        if seen.cancelled or not seen.counts or (known and known.handed == Change.NEW and known.handed_sha == sha):
            return None
        return Change.NEW
    if seen.cancelled:
        told = ours.state is OrderState.CANCELLED or (known is not None and known.handed == Change.CANCELLED)
        return None if told else Change.CANCELLED
    if seen.paid and not ours.paid and ours.state is not OrderState.CANCELLED:
        return None if known and known.handed == Change.PAID else Change.PAID
    return None


def start_of(reach: datetime | None, now: datetime, pace: Pace) -> datetime:
    """From when on the list is asked for: a little before the newest change seen, in their clock.

    Their clock decides alone: a shop whose clock is an hour behind would lose orders if ours did.
    """
    horizon = now - timedelta(days=pace.horizon_days)
    return horizon if reach is None else reach - timedelta(seconds=pace.overlap_s)


def reach_of(reach: datetime | None, seen: Sequence[Listed], now: datetime) -> datetime | None:
    """The newest change read. A clock that runs ahead of ours is not followed into the future: what is changed there
    until then would be skipped."""
    newest = max((each.updated_at for each in seen), default=None)
    if newest is None:
        return reach
    newest = min(newest, now)
    return newest if reach is None else max(reach, newest)


def wait_s(failures: int, asked_s: int) -> int:
    """Seconds until a channel that is away is asked again: doubling from 15 s, or as long as it says."""
    return max(asked_s, min(MAX_WAIT_S, 15 * 2 ** min(max(failures, 1) - 1, 10)))
