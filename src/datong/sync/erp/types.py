"""Nouns of ERP connections (ERP 对接): feed (what comes in), drop folder (交换目录), what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from datong.kernel.errors import NotFound, Problem


class Feed(StrEnum):
    """What an ERP tells."""

    ITEMS = "items"
    STOCK = "stock"
    PRICES = "prices"


class What(StrEnum):
    """What an ERP is told."""

    ORDERS = "orders"
    SETTLEMENT = "settlement"


class FileState(StrEnum):
    TAKEN = "taken"
    PARTLY = "partly"  # some rows wait for a correction; the others are taken
    FAILED = "failed"  # nothing of it could be read, nothing was taken


class UnknownErp(NotFound):
    """The brand has no ERP of this code."""


@dataclass(frozen=True, slots=True)
class Erp:
    """A connection. `live` False: what comes in is read and reported, and nothing is changed (dry run)."""

    id: UUID
    code: str
    mapping: str
    settings: Mapping[str, Any]
    live: bool
    created_at: datetime
    heard_at: datetime | None = None
    failures: int = 0
    error: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file, or of one reading over HTTP. `same`: rows that told nothing new."""

    name: str
    feed: Feed | None
    rows: int = 0
    changed: int = 0
    same: int = 0
    problems: tuple[Problem, ...] = ()
    state: FileState = FileState.TAKEN
    again: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    what: What
    count: int = 0
    name: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file as it is kept: what it was, what became of it."""

    name: str
    feed: str
    state: FileState
    rows: int
    changed: int
    problems: tuple[Problem, ...]
    at: datetime
    out: bool = False
