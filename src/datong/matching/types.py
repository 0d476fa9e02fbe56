"""Nouns of matching (匹配): records of people, what is compared of them, and how sure it is that two are one person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Field(StrEnum):
    """What a record of a person may say; any of them may be missing."""

    NAME = "name"  # in full; is split into given and family
    GIVEN = "given"
    FAMILY = "family"
    BIRTH = "birth"  # a day, year first
    NATIONAL_ID = "national_id"
    PHONE = "phone"
    PHONE_VERIFIED = "phone_verified"  # 1 when the person proved to have the phone
    EMAIL = "email"
    DEVICE = "device"
    HOUSE = "house"
    STREET = "street"
    PLACE = "place"  # the second line of an address
    CITY = "city"
    POSTCODE = "postcode"
    REGION = "region"


class Decision(StrEnum):
    """What is done about a pair (自动 / 复核 / 否)."""

    AUTO = "auto"
    REVIEW = "review"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Match weights (base-2 logarithm of the odds): from `auto` on sure, from `review` on more likely than not.

    The defaults are odds of 99 to 1 and of 1 to 1, not fitted to any data.
    """

    auto: float = 6.63
    review: float = 0.0


@dataclass(frozen=True, slots=True)
class Score:
    """How well what was found agrees with what is true, of things that were found and that are true, from 0 to 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """Two records `a` < `b`: bits in all, and by field with `prior` (the odds against any two) and corrections."""

    a: UUID
    b: UUID
    weight: float
    parts: Mapping[str, float]


class Step(StrEnum):
    """Where a run is."""

    WAITING = "waiting"
    READING = "reading"
    WEIGHING = "weighing"
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One comparison of all records of a brand. `pairs`: at least as likely as not; `proposed` of them were new."""

    id: UUID
    by: str
    at: datetime
    ended_at: datetime | None
    step: Step
    records: int
    pairs: int
    proposed: int
    merged: int
    error: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What runs may do, said by whom; `merges`: from `auto` bits on they merge unasked; off at first."""

    merges: bool = False
    nightly: bool = False
    auto: float = Thresholds().auto
    review: float = Thresholds().review
    by: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """How people decided pairs from the automatic threshold on: that is the precision it would have had here."""

    decided: int
    merged: int

    @property
    def precision(self) -> float | None:
        return self.merged / self.decided if self.decided else None
