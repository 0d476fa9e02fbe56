"""Nouns of rules as data: decision tables (决策表) with their findings and versions, and rates (利率, 汇率)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FieldKind(StrEnum):
    NUMBER = "number"  # a whole number: minor units, metres, basis points
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Column:
    """An input or an output of a table. `least` and `most` bound a number, `values` list a text, for the checks."""

    name: str
    kind: FieldKind = FieldKind.NUMBER
    label: str = ""
    least: int = 0
    most: int = 10**9
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: a cell an input ('' any; `3000`, `>= 3000`, `< 5000`, `1000..2999`, `cn, us`), one an output."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A test of a table: these inputs must give these outputs."""

    inputs: dict[str, str]
    outputs: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table: the one row that matches gives the outputs."""

    name: str
    title: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]
    cases: tuple[Case, ...] = ()


class TableFault(StrEnum):
    OVERLAP = "overlap"  # two rows match the same input
    GAP = "gap"  # an input no row matches
    TYPE = "type"  # a cell that is not of its column's kind
    EMPTY = "empty"  # a row that matches nothing
    CASE = "case"  # a test case that comes out otherwise
    ENGINE = "engine"  # the engine decides otherwise than the checks


@dataclass(frozen=True, slots=True)
class TableFinding:
    """What is wrong with a table, by row (from 1) and with an input that shows it."""

    fault: TableFault
    rows: tuple[int, ...] = ()
    example: tuple[tuple[str, str], ...] = ()
    says: str = ""


class TableState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    LIVE = "live"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class TableVersion:
    """A version of a brand's table. The one in force is the live one that began last."""

    id: UUID
    number: int
    state: TableState
    table: Table
    made_by: str
    made_at: datetime
    valid_from: datetime | None = None
    decided_by: str = ""
    approval_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class LiveTable:
    """A version that holds from `valid_from` on, until a later one does."""

    table: Table
    number: int
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class FeeAsk:
    """A delivery whose fee is asked for: how far, what the customer pays for the goods, the region it goes to."""

    distance_m: int
    total_minor: int
    region: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fee:
    """What a delivery costs, and why: what was asked, the row's note, the version of the table."""

    minor: int
    distance_m: int
    total_minor: int
    region: str
    note: str
    version: int


class RateKind(StrEnum):
    INTEREST = "interest"  # a year's, as a share of one: 0.0275 is 2.75 %
    EXCHANGE = "exchange"  # key 'USD/CNY': units of the second for one of the first


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate from a moment on; `value_e8` is the rate times 100,000,000, whole."""

    kind: RateKind
    key: str
    value_e8: int
    valid_from: datetime
    set_by: str = ""
    set_at: datetime | None = None
    reason: str = ""
