"""The promise (承诺送达时间): when a delivery is at its door, and what it is reckoned from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Pace:
    """How quick a store is (None: every store without one of its own). Seconds, but `speed_m_s` on the way.

    `prepare_s` one order when nothing else is to do; `each_s` more for every order that is open already; `wait_s` when
    no courier is free.
    """

    prepare_s: int = 900
    each_s: int = 60
    wait_s: int = 600
    speed_m_s: float = 5.0
    store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A promise: between these two. What is kept with the order is `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class OnTime:
    """Of a store's deliveries with a promise that are done: how many, and how many of them in time."""

    store_id: UUID
    done: int
    in_time: int
