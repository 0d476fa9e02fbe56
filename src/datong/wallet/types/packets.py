"""Red packets (红包): money or vouchers in shares, for whoever has the link; each person takes one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem


class Split(StrEnum):
    EQUAL = "equal"  # 普通红包
    LUCK = "luck"  # 拼手气


class PacketState(StrEnum):
    OPEN = "open"
    DONE = "done"  # every share is taken
    ENDED = "ended"  # its time was over: the rest went back to its giver


@dataclass(frozen=True, slots=True)
class PacketLimits:
    """What the brand allows of red packets; minor units. A day is the last 24 hours.

    `most_minor`: a customer's packet; `share_most_minor`: a share, on average. `gives_a_day` packets and
    `given_a_day_minor` a person may give, `claims_a_day` they may take. The brand's own have those of a share.
    """

    most_minor: int = 200_000
    share_least_minor: int = 1
    share_most_minor: int = 20_000
    shares: int = 100
    gives_a_day: int = 10
    given_a_day_minor: int = 500_000
    claims_a_day: int = 30
    hours: int = 24


@dataclass(frozen=True, slots=True)
class Giving:
    """A packet to be given: of `total_minor`, or (`offer`) a voucher a share. Without `customer_id` the brand's."""

    shares: int
    how: Split = Split.LUCK
    total_minor: int = 0
    currency: str = ""
    offer: str = ""
    customer_id: UUID | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A share that somebody took: the `n`th, from 1 on; into a purse, or as a voucher."""

    id: UUID
    packet_id: UUID
    n: int
    customer_id: UUID
    amount_minor: int
    purse_id: UUID | None
    voucher_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet as it stands. `seed_hash` is told at once; `seed` (hex) when it is over, so that anybody can reckon the
    shares again: `shares_of` of the README's rule. `code` is for its giver and who they send it to."""

    id: UUID
    giver_id: UUID | None
    purse_id: UUID | None
    offer: str
    currency: str
    total_minor: int
    shares: int
    how: Split
    least_minor: int
    note: str
    state: PacketState
    taken: int
    taken_minor: int
    back_minor: int
    seed_hash: str
    at: datetime
    ends_at: datetime
    ended_at: datetime | None
    by: str
    seed: str = ""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class PacketSums:
    """What packets of a kind came to over some days: `brand` gave them, or customers did."""

    brand: bool
    currency: str
    packets: int
    total_minor: int
    taken_minor: int
    back_minor: int
    claims: int


REFUSALS = {
    "all_taken": "All shares of this packet are taken.",
    "over": "The time of this packet is over.",
    "too_many_given": "That many packets may be given in a day; give this one tomorrow.",
    "too_much_given": "That much may be given in packets in a day; give the rest tomorrow.",
    "too_many_taken": "That many packets may be taken in a day; come back tomorrow.",
}


class PacketRefused(Conflict):
    """The packet cannot be given or taken; nothing was moved."""

    code = "packet_refused"

    def __init__(self, why: str, *, field: str = "code", value: object = None) -> None:
        super().__init__(REFUSALS[why], Problem(field, why, REFUSALS[why], value))
        self.why = why


class PacketUnknown(NotFound):
    code = "no_such_packet"
