"""Nouns of opening files (导入): kinds of table, columns, runs, faults. Plain values; sentences are in `words`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from datong.brand.types import Brand
from datong.kernel.errors import BadInput, Problem

MAX_ROWS = 200_000
MAX_BYTES = 50 * 1024 * 1024
MAX_COLUMNS = 300
MAX_CELL_CHARS = 32_768  # what one Excel cell holds
PART_ROWS = 2_000
"""Rows of one transaction."""

DOWNLOADS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""The endings of files that people get, and their types."""

Raw = str | int | float | bool | None
"""A cell as it lies in the file: a text, a number of a spreadsheet, nothing. A date of a spreadsheet is ISO text."""
Key = tuple[str, ...]
State = dict[str, Any]
"""What there is under a key, in values that JSON can hold, so that it can be compared and put back.
A name that begins with _ is told to the thing when it is made and not compared."""


class Wrong(Exception):  # noqa: N818 - a fact about a cell, caught by who reads the row
    """A cell that cannot be used: the fault's code (words.FAULTS) and what its sentence names."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in a row: the column ('' for the row as a whole), what was there, what its sentence names.

    One that does not block is a finding: the row goes in, and somebody should look at it.
    """

    line: int
    column: str
    code: str
    value: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    blocks: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What a reader of a cell must know about the brand."""

    currency: str
    timezone: str
    country: str


Read = Callable[[Raw, Facts], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `label` and `help` are lazy; `also` are further headings it goes by in either language.

    `needed`: every row has it. `first`: needed where the key is new. `choices` are offered as a list in the template.
    `clears`: a single - in the cell empties what stands there. `mask`: what is left of a value for whoever may see that
    there is such a thing, and not work with it.
    """

    name: str
    label: Any
    read: Read
    help: Any
    example: Raw
    needed: bool = False
    first: bool = False
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    clears: bool = False
    width: int = 16
    mask: Callable[[str], str] | None = None


@dataclass(slots=True)
class Row:
    """One line of a file, read: the values of its cells by column (empty cells are absent) and what is wrong with it.

    `line` is the row's number in the file as a spreadsheet shows it. `findings` do not keep the row out.
    """

    line: int
    values: dict[str, Any]
    cells: dict[str, Raw]
    faults: list[Fault] = field(default_factory=list)
    findings: list[Fault] = field(default_factory=list)

    def wrong(self, column: str, code: str, **facts: Any) -> None:
        self.faults.append(Fault(self.line, column, code, self._there(column), facts))

    def find(self, column: str, code: str, **facts: Any) -> None:
        """Worth a look, and no reason to keep the row out."""
        self.findings.append(Fault(self.line, column, code, self._there(column), facts, blocks=False))

    def _there(self, column: str) -> str:
        value = self.cells.get(column)
        return "" if value is None else str(value)[:200]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row does to one thing. `before` None: it was not there."""

    line: int
    key: Key
    before: State | None
    after: State


@dataclass(slots=True)
class Context:
    """One run's surroundings: whose it is, who started it, its moment (the same however often it is resumed)."""

    brand: Brand
    run_id: UUID
    by: str
    at: datetime
    file: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    remembered: dict[str, Any] = field(default_factory=dict)

    @property
    def facts(self) -> Facts:
        return Facts(self.brand.currency, self.brand.timezone, self.brand.country)

    def once(self, what: str, make: Callable[[], Any]) -> Any:
        """What `make` gives, asked for once."""
        if what not in self.remembered:
            self.remembered[what] = make()
        return self.remembered[what]


class RunState(StrEnum):
    READ = "read"  # kept; its columns may be mapped
    CHECKING = "checking"
    CHECKED = "checked"
    RUNNING = "running"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"
    FAILED = "failed"


AT_WORK = frozenset({RunState.CHECKING, RunState.RUNNING, RunState.UNDOING})


class Mode(StrEnum):
    """What becomes of the good rows of a file that has bad ones."""

    GOOD = "good"  # they go in
    ALL = "all"  # nothing goes in until every row is good


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a run: `new`, `changed`, `same`, `bad`; `skipped` are lines that are none (empty, a picture's, a
    parent's); `found` go in and have something to look at."""

    new: int = 0
    changed: int = 0
    same: int = 0
    bad: int = 0
    skipped: int = 0
    found: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One file on its way in. `progress` rows of the present stage are done since `stage_at`.

    `mapping`: column -> position of the heading it is read from. `constants`: column -> the value of every row.
    `left`: rows that an undo could not take back.
    """

    id: UUID
    kind: str
    file_name: str
    state: RunState
    mode: Mode
    source: str
    headings: tuple[str, ...]
    mapping: Mapping[str, int]
    constants: Mapping[str, str]
    options: Mapping[str, str]
    notes: Mapping[str, Any]
    rows: int
    progress: int
    counts: Counts
    left: int
    message: str
    by: str
    created_at: datetime
    stage_at: datetime
    finished_at: datetime | None
    undone_by: str = ""
    repeated: bool = False

    @property
    def at_work(self) -> bool:
        return self.state in AT_WORK


class Unreadable(BadInput):
    """The file as a whole cannot be read; nothing was kept."""

    code = "unreadable_file"

    def __init__(self, code: str, fix: str, **facts: Any) -> None:
        super().__init__(fix, Problem("file", code, fix))
        self.fault, self.facts = code, facts


@dataclass(frozen=True, slots=True)
class Table:
    """A file's table: `headings` and rows (line, cells). `above`: lines over the headings; `notes`: how it was read."""

    headings: tuple[str, ...]
    rows: Sequence[tuple[int, list[Raw]]]
    notes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Total:
    """What an older system says of a group (a currency; a programme; an offer and state): `measure` is an amount of
    the table, or rows. In minor units, points or pieces."""

    group: tuple[str, ...]
    measure: str
    value: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure: `control` by the older system (None: not said), by the file, and what was taken in."""

    group: tuple[str, ...]
    unit: str
    measure: str
    control: int | None
    file: int
    here: int

    @property
    def difference(self) -> int:
        """What was taken in less what should have been: the control where there is one, else the file."""
        return self.here - (self.file if self.control is None else self.control)


@dataclass(frozen=True, slots=True)
class Apart:
    """A row that is not as it should be: `what` is missing, doubled or different; `why` is the code of a fault."""

    line: int
    what: str
    called: str
    why: str
    file: str
    here: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A reconciliation: `lines` when `done_at` is set, the rows apart by their own read."""

    id: UUID
    run_id: UUID
    given: tuple[Total, ...]
    lines: tuple[Compared, ...]
    differences: int
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    signed_by: str
    signed_at: datetime | None
    note: str

    @property
    def agrees(self) -> bool:
        return not self.differences and all(line.difference == 0 for line in self.lines)
