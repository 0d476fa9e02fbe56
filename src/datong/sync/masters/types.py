"""Nouns of field masters (主数据归属): field, who leads it, how both sides stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FieldName(StrEnum):
    TITLE = "title"
    DESCRIPTION = "description"  # plain text
    PRICE = "price"  # minor units
    STOCK = "stock"  # units


class Master(StrEnum):
    NOBODY = "nobody"  # each side keeps its own
    DATONG = "datong"
    CHANNEL = "channel"
    ERP = "erp"  # what the ERP told us is what we hold, so towards a channel it is ours


class FieldState(StrEnum):
    AGREES = "agrees"
    PUSHED = "pushed"  # ours was sent there
    TAKEN = "taken"  # theirs was taken over here
    DIFFERS = "differs"  # seen; nothing can be, or is yet to be, done about it
    STOPPED = "stopped"  # changed back again and again: a person decides
    CONFLICT = "conflict"  # another channel leads the same field and says something else: a person decides


class Step(StrEnum):
    NOTHING = "nothing"
    PUSH = "push"
    TAKE = "take"
    STOP = "stop"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a product at a channel as it was last read. `since`: from when on it differs; `fights`: how often it
    was set right and changed back within a day."""

    item_id: UUID
    sku: str
    field: FieldName
    theirs: str
    ours: str
    state: FieldState
    since: datetime
    at: datetime
    fights: int = 0


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field that differs, for the page."""

    channel_id: UUID
    field: Field
    master: Master
    title: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What one reading of a channel's products did."""

    seen: int = 0
    agree: int = 0
    pushed: int = 0
    taken: int = 0
    stopped: int = 0
    differ: int = 0
