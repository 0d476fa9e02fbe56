"""The golden record (黄金记录): of all that was said of a person, what holds, from whom, and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Field(StrEnum):
    """What a person has one of. The given and the family name go with the name they are a part of."""

    NAME = "name"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    BIRTHDAY = "birthday"
    LANGUAGE = "language"
    PREFERRED = "preferred"  # by which means they want to be reached
    COMPANY = "company"


HALVES = (Field.GIVEN_NAME, Field.FAMILY_NAME)
"""Fields without rules of their own: two halves of different names make nobody."""
RULED = tuple(each for each in Field if each not in HALVES)


class Rule(StrEnum):
    """How one of several values is preferred; each leaves those that are equally good by it."""

    HAND = "hand"  # written by somebody at work
    VERIFIED = "verified"
    SOURCES = "sources"  # by door, in the order of `Survivorship.sources`
    RECENT = "recent"  # said last
    OFTEN = "often"  # by most doors and records
    LONGEST = "longest"
    FIRST = "first"  # known longest: of the oldest record, and there said first


class Why(StrEnum):
    """Why a value holds where no rule had to choose."""

    ONLY = "only"  # nothing else was said
    PINNED = "pinned"
    PART = "part"  # it is a part of the name that holds
    TIE = "tie"  # equal by every rule: the first by spelling


@dataclass(frozen=True, slots=True)
class Survivorship:
    """How the value of a field is chosen: rules in their order, `sources` (channels) for the rule of that name."""

    field: Field
    rules: tuple[Rule, ...]
    sources: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Rules as they were said for a field, by whom, when, why; `by` is '' where nobody has said any."""

    survivorship: Survivorship
    by: str = ""
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What one source says: a door (`channel_id`) or somebody at work (`by`), of which record, since when and last."""

    text: str
    record_id: UUID
    first_seen: datetime
    last_seen: datetime
    channel_id: UUID | None = None
    verified: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Pin:
    """A value that somebody keeps by hand; it belongs to the record whose value it is, and goes with it."""

    id: UUID
    customer_id: UUID
    field: Field
    text: str
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What holds for a field: the value with its source, the rule that chose it, what else was said, the pin."""

    field: Field
    value: Value
    why: Rule | Why
    others: tuple[Value, ...] = ()
    pin: Pin | None = None


@dataclass(frozen=True, slots=True)
class Golden:
    """What holds for one person; `id` is the head's. Fields nobody said anything of have no entry."""

    id: UUID
    fields: Mapping[Field, Chosen] = field(default_factory=dict)

    def text(self, of: Field) -> str:
        """The value of a field; '' when nothing was said."""
        return self.fields[of].value.text if of in self.fields else ""


@dataclass(frozen=True, slots=True)
class GoldenChange:
    """What other rules would change for one person."""

    customer_id: UUID
    before: Chosen
    after: Chosen


@dataclass(frozen=True, slots=True)
class Preview:
    """What other rules would change: of `looked` people of whom more than one thing is said, for `changed`.

    `changes` are the first of them, the newest people first.
    """

    looked: int
    changed: int
    changes: tuple[GoldenChange, ...]
