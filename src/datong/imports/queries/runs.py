"""Reads of opening files."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.imports.models import Run as RunRow
from datong.imports.types import Change, Counts, Fault, Mode, Raw, Run, RunState
from datong.kernel.db import as_relay, in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.pages import read_cursor, write_cursor

PAGE = 50
Line = tuple[int, list[Raw]]


def run_of(row: RunRow, *, repeated: bool = False) -> Run:
    return Run(
        id=row.id,
        kind=row.kind,
        file_name=row.file_name,
        state=RunState(row.state),
        mode=Mode(row.mode),
        source=row.source,
        headings=tuple(row.headings),
        mapping=row.mapping,
        constants=row.constants,
        options=row.options,
        notes=row.notes,
        rows=row.rows,
        progress=row.progress,
        counts=Counts(row.new, row.changed, row.same, row.bad, row.skipped, row.found),
        left=row.left,
        message=row.message,
        by=row.by,
        created_at=row.created_at,
        stage_at=row.stage_at,
        finished_at=row.finished_at,
        undone_by=row.undone_by,
        repeated=repeated,
    )


def get_run(brand_id: UUID, run_id: UUID) -> Run:
    with in_brand(brand_id):
        row = RunRow.objects.filter(id=run_id).first()
        if row is None:
            raise NotFound(f"no import {run_id}")
        return run_of(row)


def list_runs(brand_id: UUID, *, kind: str = "", cursor: str = "", limit: int = PAGE) -> tuple[list[Run], str]:
    """A page of the runs, latest first, and the cursor of the next page ('' for the last)."""
    with in_brand(brand_id):
        found = RunRow.objects.order_by("-id")
        if kind:
            found = found.filter(kind=kind)
        if (after := read_cursor(cursor)) is not None:
            found = found.filter(id__lt=after)
        page = [run_of(row) for row in found[: limit + 1]]
    return page[:limit], write_cursor(page[limit - 1].id) if len(page) > limit else ""


FAULTS = """
    SELECT line, "column", code, value, facts, blocks FROM imports_rowfault
     WHERE brand_id = %(brand)s AND run_id = %(run)s AND (line, nth) > (%(line)s, %(nth)s)
     ORDER BY line, nth LIMIT %(limit)s
"""


def list_faults(brand_id: UUID, run_id: UUID, *, after_line: int = -1, limit: int = PAGE) -> list[Fault]:
    """What is wrong, row by row, in rows after `after_line`."""
    key = {"brand": brand_id, "run": run_id, "line": after_line, "nth": 32_000, "limit": limit}
    with in_brand(brand_id):
        return [
            Fault(line, column, code, value, msgspec.json.decode(facts) if isinstance(facts, str) else facts, blocks)
            for line, column, code, value, facts, blocks in rows(FAULTS, key)
        ]


PARTS = """
    SELECT lines FROM imports_part WHERE brand_id = %(brand)s AND run_id = %(run)s AND number = %(number)s
"""
BY_CODE = """
    SELECT code, "column", count(*) FROM imports_rowfault WHERE brand_id = %(brand)s AND run_id = %(run)s
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT %(limit)s
"""


def faults_by_code(brand_id: UUID, run_id: UUID, limit: int = 12) -> list[tuple[str, str, int]]:
    """(code, column, how often) of what is wrong, the commonest first."""
    with in_brand(brand_id):
        return [(c, col, n) for c, col, n in rows(BY_CODE, {"brand": brand_id, "run": run_id, "limit": limit})]


def lines_of(brand_id: UUID, run_id: UUID) -> Iterator[list[Line]]:
    """The rows of a run as they came, part by part."""
    number = 0
    while True:
        with in_brand(brand_id):
            found = rows(PARTS, {"brand": brand_id, "run": run_id, "number": number})
        if not found:
            return
        yield unpack(bytes(found[0][0]))
        number += 1


def first_lines(brand_id: UUID, run_id: UUID, count: int = 5) -> list[Line]:
    with in_brand(brand_id):
        found = rows(PARTS, {"brand": brand_id, "run": run_id, "number": 0})
    return unpack(bytes(found[0][0]))[:count] if found else []


def pack(lines: Sequence[Any]) -> bytes:
    return zlib.compress(msgspec.json.encode(lines), 1)


def unpack(data: bytes) -> list[Line]:
    return [(line, cells) for line, cells in msgspec.json.decode(zlib.decompress(data))]


def unpack_images(data: bytes) -> list[Change]:
    found = msgspec.json.decode(zlib.decompress(data))
    return [Change(line, tuple(key), before, after) for line, key, before, after in found]


WAITING = """
    SELECT brand_id, id FROM imports_run
     WHERE state IN ('checking', 'running', 'undoing') AND (lease_until IS NULL OR lease_until < %(now)s
           OR holder = %(holder)s)
     ORDER BY id LIMIT 20
"""


def runs_at_work(now: Any, holder: UUID) -> list[tuple[UUID, UUID]]:
    """(brand, run) of what waits for somebody to work on it, or is `holder`'s; seen by the relay role."""
    with as_relay():
        return [(brand, run) for brand, run in rows(WAITING, {"now": now, "holder": holder})]
