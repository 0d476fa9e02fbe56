"""What a courier's phone tells: acts (动作), each with an id minted on the phone; the stops of a round (停靠点)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from datong.kernel.errors import Problem
from datong.kernel.geo import Point

MAX_ACTS = 100
MAX_PHOTO = 4_000_000
"""Bytes of a photo as it is sent."""


class ActKind(StrEnum):
    TAKE = "take"  # 抢单
    PICKED_UP = "picked_up"  # 已取货
    DELIVERED = "delivered"  # 已送达
    FAILED = "failed"  # 配送失败
    RETURNED = "returned"  # 已退回门店
    ON_DUTY = "on_duty"  # 上班
    OFF_DUTY = "off_duty"  # 下班


@dataclass(frozen=True, slots=True)
class Act:
    """Something a courier did. `at`: by the phone's clock, put right by how far it is off; `body` depends on
    the kind."""

    id: UUID
    kind: ActKind
    at: datetime
    task_id: UUID | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ActTold:
    """The answer to one act: taken, or refused for good with the reason; `repeat`: it was told before."""

    id: UUID
    taken: bool
    repeat: bool
    problem: Problem | None = None


class StopKind(StrEnum):
    PICKUP = "pickup"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a round. `due_at`: the promise of what is brought there."""

    task_id: UUID
    kind: StopKind
    place: Point | None
    due_at: datetime | None = None
