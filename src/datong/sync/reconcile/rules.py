"""Two lists of one day laid side by side. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from datong.sync.reconcile.types import Difference, DifferenceKind, Side

Sides = Mapping[str, Side]


def day_of(day: date, zone: str) -> tuple[datetime, datetime]:
    """The moments a day begins and ends in a zone; 23 or 25 hours where the clock is changed."""
    tz = ZoneInfo(zone)
    return datetime.combine(day, time(), tz), datetime.combine(day + timedelta(days=1), time(), tz)


def totals(sides: Sides, begins: datetime, ends: datetime) -> tuple[int, int]:
    """(orders, sum) of what a side counts on the day."""
    mine = [side.amount_minor for side in sides.values() if _on(side, begins, ends)]
    return len(mine), sum(mine)


def compare(theirs: Sides, ours: Sides, begins: datetime, ends: datetime) -> list[Difference]:
    """Every difference of the day, by external id. Each side holds what it knows of every order that either has on the
    day, whatever day it has it on itself. The deltas add up to the difference of the two totals exactly."""
    found = []
    for key in sorted({*theirs, *ours}):
        one = _difference(key, theirs.get(key), ours.get(key), begins, ends)
        if one is not None:
            found.append(one)
    return found


def _difference(key: str, t: Side | None, o: Side | None, begins: datetime, ends: datetime) -> Difference | None:
    there, here = t is not None and _on(t, begins, ends), o is not None and _on(o, begins, ends)
    if not there and not here:
        return None
    their = t.amount_minor if t is not None else None
    our = o.amount_minor if o is not None else None
    if there and here:
        if their == our:
            return None
        return Difference(DifferenceKind.AMOUNT_DIFFERS, key, their, our, 0, (their or 0) - (our or 0))
    if there:
        return Difference(_why_not_here(o), key, their, our, 1, their or 0, _moment(o))
    return Difference(_why_not_there(t), key, their, our, -1, -(our or 0), _moment(t))


def _why_not_here(o: Side | None) -> DifferenceKind:
    if o is None:
        return DifferenceKind.MISSING_HERE
    return DifferenceKind.CANCELLED_HERE if o.cancelled else DifferenceKind.OTHER_DAY


def _why_not_there(t: Side | None) -> DifferenceKind:
    if t is None:
        return DifferenceKind.MISSING_THERE
    if t.cancelled:
        return DifferenceKind.CANCELLED_THERE
    return DifferenceKind.OTHER_DAY if t.counts else DifferenceKind.PAID_LATER


def total_difference(their_count: int, their_minor: int, our_count: int, our_minor: int) -> list[Difference]:
    """One line for the whole day, where only totals are known."""
    if (their_count, their_minor) == (our_count, our_minor):
        return []
    kind = DifferenceKind.TOTAL_DIFFERS
    return [Difference(kind, "", their_minor, our_minor, their_count - our_count, their_minor - our_minor)]


def _on(side: Side, begins: datetime, ends: datetime) -> bool:
    return side.counts and not side.cancelled and begins <= side.placed_at < ends


def _moment(side: Side | None) -> str:
    """When the other side has it, for a difference of days."""
    return "" if side is None or side.cancelled else side.placed_at.isoformat()
