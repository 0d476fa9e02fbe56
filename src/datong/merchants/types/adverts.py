"""Adverts 广告: what a partner company buys on the brand's doors, how often it was seen, what it was charged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict, NotFound, Problem


class AdvertBasis(StrEnum):
    """What the price is for."""

    VIEWS = "views"  # 按千次展示: a thousand views
    DAY = "day"  # 按天: a business day on show, seen or not


class AdvertState(StrEnum):
    COMING = "coming"
    SHOWN = "shown"
    CAPPED = "capped"  # what it may cost is reached: doors show it no more
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Advert:
    """A slot (`place` of `channel`) sold to a company from the business day `since` to `until`, both included.

    `price_minor` is for a thousand views or for a day; it never costs more than `cap_minor`. `text`, `link` and
    `language` are what is shown. `ended_on`: somebody took it off on that day, which is its last.
    """

    id: UUID
    company_id: UUID
    code: str
    title: str
    channel: str
    place: str
    text: str
    link: str
    language: str
    since: date
    until: date
    basis: AdvertBasis
    price_minor: int
    currency: str
    cap_minor: int | None = None
    ended_on: date | None = None

    @property
    def last(self) -> date:
        return min(self.until, self.ended_on) if self.ended_on else self.until


@dataclass(frozen=True, slots=True)
class AdvertReport:
    """An advert with its views, what they come to so far and what of it was charged (minor units). Charges follow when
    a business day is over; `charged_through` is the last one that was."""

    advert: Advert
    state: AdvertState
    views: int
    earned_minor: int
    charged_minor: int
    charged_through: date
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class AdvertDay:
    """A business day of an advert."""

    day: date
    views: int
    charged_minor: int


@dataclass(frozen=True, slots=True)
class View:
    """Somebody saw an advert. `visitor` is any text that is the same for one browser or device: only a hash of it that
    differs every day is kept, for a day or two."""

    code: str
    at: datetime
    visitor: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A batch of views: `counted` are new; `again` the visitor had seen it within that hour; `late` are older than a
    day or of the future; `unknown` are of no advert that was on show then."""

    counted: int
    again: int
    late: int
    unknown: int


SAYS = {
    "used_code": "Another advert has this code.",
    "begun": "What was sold cannot be changed once its first day has come: end it and enter another one.",
}


class AdvertRefused(Conflict):
    """An advert cannot be put so; nothing was changed."""

    code = "advert_refused"

    def __init__(self, why: str, fix: str, *, field: str, value: object = None) -> None:
        super().__init__(SAYS[why], Problem(field, why, fix, value))
        self.why = why


class AdvertUnknown(NotFound):
    code = "no_such_advert"
