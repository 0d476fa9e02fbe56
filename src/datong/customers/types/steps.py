"""The way of a customer through the four links of the experience chain (客户体验链)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Stage(StrEnum):
    """The four links (S-109), in their order."""

    DISCOVER = "discover"  # 搜寻并发现
    BUY = "buy"  # 交易购买
    USE = "use"  # 送达、使用
    AGAIN = "again"  # 再消费或分享


class StepKind(StrEnum):
    """What somebody did that is no order: what orders say of the way is read from the orders."""

    SEARCHED = "searched"
    VIEWED = "viewed"
    SCANNED = "scanned"  # a code in a store, on a leaflet
    VISITED = "visited"  # a place, told by its location (LBS)
    BASKET = "basket"
    ASKED = "asked"  # a question before buying
    USED = "used"  # the product or service
    RATED = "rated"  # user-generated content
    SHARED = "shared"  # with friends, on a social network
    RECOMMENDED = "recommended"  # somebody came by them


STAGE_OF: dict[StepKind, Stage] = {
    StepKind.SEARCHED: Stage.DISCOVER,
    StepKind.VIEWED: Stage.DISCOVER,
    StepKind.SCANNED: Stage.DISCOVER,
    StepKind.VISITED: Stage.DISCOVER,
    StepKind.BASKET: Stage.BUY,
    StepKind.ASKED: Stage.BUY,
    StepKind.USED: Stage.USE,
    StepKind.RATED: Stage.AGAIN,
    StepKind.SHARED: Stage.AGAIN,
    StepKind.RECOMMENDED: Stage.AGAIN,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a customer's record through a channel. `id` is made by who tells it: told twice, it is one.

    `about`: what was searched for, looked at, rated or shared, in a few words.
    """

    id: UUID
    customer_id: UUID
    kind: StepKind
    channel_id: UUID
    at: datetime
    about: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one kind through one channel: how many, since when, the last with what it was about."""

    kind: StepKind
    channel_id: UUID
    count: int
    first_at: datetime
    last_at: datetime
    about: str
