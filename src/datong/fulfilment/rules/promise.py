"""When a delivery is at its door: preparation, what the store has to do already, couriers, the way. Plain sums."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from datong.fulfilment.types.promise import Pace, Window
from datong.fulfilment.types.tasks import TaskState
from datong.kernel.errors import BadValue

DETOUR = 1.3
HAND_S = 300
"""From the counter into the bag, and from the street to the door."""
SLACK = 1.25
ROUND_S = 300
MOST_QUEUE = 60
HOUR = timedelta(hours=1)


def pace_of(paces: Iterable[Pace], store_id: UUID) -> Pace:
    """The store's own pace, else the brand's, else the usual one."""
    known = {pace.store_id: pace for pace in paces}
    return known.get(store_id) or known.get(None) or Pace()


def check_pace(pace: Pace) -> None:
    """Raises BadValue naming the field."""
    for field, seconds, most in (
        ("prepare_s", pace.prepare_s, 6 * 3600), ("each_s", pace.each_s, 3600), ("wait_s", pace.wait_s, 3600)
    ):  # fmt: skip
        if not 0 <= seconds <= most:
            raise BadValue(field, seconds, f"0 to {most} seconds")
    if not 0.5 <= pace.speed_m_s <= 40:
        raise BadValue("speed_m_s", pace.speed_m_s, "0.5 to 40 meters a second")


def needs_s(pace: Pace, queue: int, distance_m: float, *, couriers_free: bool) -> int:
    """Seconds from the order to the door, as a rule."""
    kitchen = pace.prepare_s + pace.each_s * min(max(queue, 0), MOST_QUEUE)
    wait = 0 if couriers_free else pace.wait_s
    return round(kitchen + wait + way_s(pace, distance_m))


def way_s(pace: Pace, distance_m: float) -> int:
    return round(HAND_S + max(distance_m, 0.0) * DETOUR / pace.speed_m_s)


def promise(pace: Pace, queue: int, distance_m: float, now: datetime, *, couriers_free: bool) -> Window:
    """The window that is promised: from what it takes as a rule to a quarter more, both in whole five minutes, up."""
    seconds = needs_s(pace, queue, distance_m, couriers_free=couriers_free)
    return Window(_up(now + timedelta(seconds=seconds)), _up(now + timedelta(seconds=seconds * SLACK + ROUND_S)))


def _up(at: datetime) -> datetime:
    over = at.timestamp() % ROUND_S
    return at if not over else at + timedelta(seconds=ROUND_S - over)


def left_s(pace: Pace, state: TaskState, distance_m: float) -> int:
    """Seconds that a delivery still takes, from where it stands."""
    way = way_s(pace, distance_m)
    if state is TaskState.HANDED_OVER:
        return way
    return way + {TaskState.NEW: pace.prepare_s, TaskState.ACCEPTED: pace.prepare_s // 2}.get(state, 0)


def risk_of(pace: Pace, state: TaskState, distance_m: float, promised_at: datetime | None, now: datetime) -> str:
    """ "late": the time is over; "risk": from where it stands it will be; "" otherwise or without a promise."""
    if promised_at is None:
        return ""
    if promised_at < now:
        return "late"
    return "risk" if now + timedelta(seconds=left_s(pace, state, distance_m)) > promised_at else ""
