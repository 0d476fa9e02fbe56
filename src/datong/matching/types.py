"""Nouns of matching (匹配): records of people, what is compared of them, and how sure it is that two are one person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
