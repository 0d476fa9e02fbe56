"""Buying together (拼团): so many people within a time get the group's price, or all get their money back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem


@dataclass(frozen=True, slots=True)
class GroupDeal:
    """What is bought together (拼团活动): a voucher of `offer` for each, at `price_minor`, when `people` have joined
    within `hours`. Minor units of the brand's currency."""

    id: UUID
    offer: str
    title: str
    people: int
    hours: int
    price_minor: int
    active: bool = True
    ends_at: datetime | None = None


class GroupState(StrEnum):
    OPEN = "open"
    DONE = "done"  # 成团: everybody has a voucher
    FAILED = "failed"  # 未成团: everybody's money goes back


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group: what was paid and how; the voucher, or when the money went back."""

    id: UUID
    group_id: UUID
    customer_id: UUID
    method: str
    ref: str
    at: datetime
    voucher_id: UUID | None = None
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it stands; `joined` of `people` are in it."""

    id: UUID
    deal_id: UUID
    title: str
    offer: str
    people: int
    price_minor: int
    currency: str
    state: GroupState
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    joined: int
    members: tuple[Member, ...] = ()


REFUSALS = {
    "full": "The group is complete already: start another one.",
    "over": "The time of this group is over: start another one.",
    "joined": "This person is in the group already.",
    "not_in_force": "Nothing is bought together at this price any more.",
}


class GroupRefused(Conflict):
    """The group cannot be started or joined; nothing was taken."""

    code = "group_refused"

    def __init__(self, why: str, *, field: str = "group_id", value: object = None) -> None:
        super().__init__(REFUSALS[why], Problem(field, why, REFUSALS[why], value))
        self.why = why


class GroupUnknown(NotFound):
    code = "no_such_group"
