"""What the stages of a run share: its parts, its rows, what each row would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from datong.imports.models import Run as RunRow
from datong.imports.ports import Kind
from datong.imports.queries import Line, unpack
from datong.imports.rules.parsing import parse
from datong.imports.types import Change, Context, Fault, Key, Row, Run
from datong.kernel.db import execute, rows
from datong.kernel.errors import Conflict

MOST_FAULTS_OF_A_ROW = 20
FINDING_NTH = 40
"""Findings are numbered from here on within their row, faults before."""
UNDO_NTH = 100
"""Faults of an undo are numbered from here on within their row."""


@dataclass(slots=True)
class Work:
    """A run under way, in the hands of `holder`."""

    run: Run
    kind: Kind
    context: Context
    holder: UUID

    @property
    def brand_id(self) -> UUID:
        return self.context.brand.id

    @property
    def key(self) -> dict[str, Any]:
        return {"brand": self.brand_id, "run": self.run.id}


@dataclass(slots=True)
class Plan:
    """What a good row does: `changes` (none: everything stands already), `new` when its first key is new."""

    row: Row
    changes: list[Change]
    new: bool


def hold(work: Work) -> RunRow:
    """The run's row, locked; Conflict when it is not this holder's any more."""
    row = RunRow.objects.select_for_update().get(id=work.run.id)
    if row.holder != work.holder or row.state != work.run.state:
        raise Conflict("somebody else works on this import now")
    return row


NUMBERS = "SELECT number, done FROM imports_part WHERE brand_id = %(brand)s AND run_id = %(run)s ORDER BY number"
LINES = "SELECT lines FROM imports_part WHERE brand_id = %(brand)s AND run_id = %(run)s AND number = %(number)s"


def part_numbers(work: Work) -> list[tuple[int, bool]]:
    return [(number, done) for number, done in rows(NUMBERS, work.key)]


def lines_of_part(work: Work, number: int) -> list[Line]:
    return unpack(bytes(rows(LINES, {**work.key, "number": number})[0][0]))


def parsed(work: Work, lines: Sequence[Line]) -> list[Row]:
    """The rows of some lines; a cell that hides under a merged one is a fault of its row."""
    run = work.run
    found = parse(lines, work.kind.columns, run.mapping, run.constants, work.context.facts)
    width = len(run.headings)
    for row, (_, cells) in zip(found, lines, strict=True):
        if len(cells) > width and any(cell is not None for cell in cells[width:]):
            row.wrong("", "more_cells", cells=len(cells), headings=width)
    merged = run.notes.get("merged")
    if merged:
        _merged(found, merged, {at: column for column, at in run.mapping.items()})
    return found


def _merged(found: Iterable[Row], ranges: Sequence[Sequence[int]], columns: Mapping[int, str]) -> None:
    hidden: dict[int, list[tuple[str, str]]] = {}
    for top, bottom, left, right in ranges:
        area = f"{letters(left)}{top}:{letters(right)}{bottom}"
        for line in range(top, min(bottom, top + 10_000) + 1):
            for at in range(left, right + 1):
                if at in columns and (line, at) != (top, left):
                    hidden.setdefault(line, []).append((columns[at], area))
    for row in found:
        for column, area in hidden.get(row.line, ()):
            row.faults = [fault for fault in row.faults if fault.column != column]
            row.wrong(column, "merged", area=area)


def letters(at: int) -> str:
    """The name of a column as a spreadsheet gives it: A, B, ... AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def decide(work: Work, found: Sequence[Row], also: Callable[[Row, list[Key]], None] | None = None) -> list[Plan]:
    """What the good rows would do now; what cannot be is noted on the others. A constant number of statements.

    `also` looks at each row and its keys once what it names is known.
    """
    kind, context = work.kind, work.context
    kind.look(found, context)
    keys = {row.line: kind.keys(row) for row in found}
    if also is not None:
        for row in found:
            also(row, keys[row.line])
    before = kind.standing({key for some in keys.values() for key in some}, context)
    first = [column.name for column in kind.columns if column.first]
    plans = []
    for row in found:
        its = keys[row.line]
        if its and its[0] not in before:
            faulty = {fault.column for fault in row.faults}
            for name in first:
                if name not in row.values and name not in faulty:
                    row.wrong(name, "needed_first")
        if row.faults:
            continue
        wanted = kind.want(row, before, context)
        if row.faults:
            continue
        changes = [Change(row.line, k, before.get(k), after) for k, after in wanted.items() if before.get(k) != after]
        plans.append(Plan(row, changes, bool(its) and its[0] not in before))
    return plans


NOTE = """
    INSERT INTO imports_rowfault (brand_id, run_id, line, nth, "column", code, value, facts, blocks)
    SELECT %(brand)s, %(run)s, * FROM unnest(%(lines)s::int[], %(nths)s::smallint[], %(columns)s::text[],
                                             %(codes)s::text[], %(values)s::text[], %(facts)s::jsonb[],
                                             %(blocks)s::boolean[])
    ON CONFLICT (brand_id, run_id, line, nth) DO NOTHING
"""


def note(work: Work, faults: Sequence[Fault], *, start: int = 0) -> None:
    """Keep what is wrong, so that it can be listed and written beside the rows."""
    if not faults:
        return
    nth: dict[int, int] = {}
    kept: list[tuple[Fault, int]] = []
    for fault in faults:
        number = nth[fault.line] = nth.get(fault.line, -1) + 1
        if number < MOST_FAULTS_OF_A_ROW:
            kept.append((fault, start + number))
    execute(
        NOTE,
        {
            **work.key,
            "lines": [fault.line for fault, _ in kept],
            "nths": [number for _, number in kept],
            "columns": [fault.column for fault, _ in kept],
            "codes": [fault.code for fault, _ in kept],
            "values": [fault.value.replace("\x00", "") for fault, _ in kept],
            "blocks": [fault.blocks for fault, _ in kept],
            "facts": [msgspec.json.encode(fault.facts, enc_hook=str).decode() for fault, _ in kept],
        },
    )
