"""A file is kept as it came, read and mapped; nothing of it is believed yet."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError

from datong.imports import words
from datong.imports.models import Part, Remembered
from datong.imports.models import Run as RunRow
from datong.imports.ports import Kind, kind_of
from datong.imports.queries import pack, run_of
from datong.imports.rules import foreign, headings, reading
from datong.imports.types import PART_ROWS, Run, RunState, Table
from datong.kernel import clock
from datong.kernel.bulk import uncollected
from datong.kernel.db import in_brand, savepoint
from datong.kernel.errors import BadValue


def receive(
    brand_id: UUID,
    kind_name: str,
    file_name: str,
    data: bytes,
    *,
    by: str,
    by_hand: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    again: bool = False,
) -> Run:
    """Keep a file's rows and find out which heading is which column; the run, to be checked next.

    `by_hand`: column -> heading ('' leaves the column out). `constants`: column -> the value of every row. The same
    content under the same words is the same run, whoever sends it and however often (`repeated`), unless it was undone,
    failed, or `again` is said. Raises Unreadable for a file that is no table, BadValue for an unknown column.
    """
    kind = kind_of(kind_name)
    chosen = {name: value.strip() for name, value in (constants or {}).items()}
    for name in (*(by_hand or {}), *chosen):
        if kind.column(name) is None:
            raise BadValue(name, name, f"a column of {kind.name}: {', '.join(c.name for c in kind.columns)}")
    asked = msgspec.json.encode([by_hand or {}, chosen, options or {}])
    digest = hashlib.sha256(data + b"\x00" + asked).digest()
    with in_brand(brand_id):
        standing = _standing(kind, digest)
        if standing is not None and not again and standing.state not in (RunState.UNDONE, RunState.FAILED):
            return run_of(standing, repeated=True)
    names = words.names_of(kind)
    with uncollected():
        table, source = _read(kind, data, file_name, names)
    mapping, notes = _map(brand_id, kind, table, names, by_hand or {}, bool(source))
    turn = standing.turn + 1 if standing is not None else 0
    run = _run_row(brand_id, kind, file_name, digest, turn, table, source, mapping, notes, by)
    run.constants, run.options = chosen or run.constants, dict(options or {})
    with in_brand(brand_id):
        try:
            with savepoint():
                run.save(force_insert=True)
        except IntegrityError:  # the same file, sent twice at this moment: the other one's run is the answer
            other = _standing(kind, digest)
            if other is None:
                raise
            return run_of(other, repeated=True)
        Part.objects.bulk_create(_parts(run, table), batch_size=20)
    return run_of(run)


def _run_row(
    brand_id: UUID,
    kind: Kind,
    file_name: str,
    digest: bytes,
    turn: int,
    table: Table,
    source: str,
    mapping: dict[str, int],
    notes: dict[str, Any],
    by: str,
) -> RunRow:
    now = clock.now()
    return RunRow(
        brand_id=brand_id,
        kind=kind.name,
        file_name=file_name[-200:].replace("\x00", ""),
        file_sha256=digest,
        turn=turn,
        source=source,
        headings=list(table.headings),
        mapping=mapping,
        constants=notes.pop("constants", {}),
        notes=notes,
        state=RunState.READ,
        rows=len(table.rows),
        skipped=notes.get("skipped", 0),
        by=by[:120],
        created_at=now,
        stage_at=now,
    )


def _standing(kind: Kind, digest: bytes) -> RunRow | None:
    return RunRow.objects.filter(kind=kind.name, file_sha256=digest).order_by("-turn").first()


def _read(kind: Kind, data: bytes, file_name: str, names: Mapping[str, Sequence[str]]) -> tuple[Table, str]:
    """The table, and whose export it is ('' for one of ours or anybody's)."""
    known = {headings.normal(text) for texts in names.values() for text in texts}

    def score(cells: Sequence[str]) -> int:
        plain = sum(headings.normal(cell) in known for cell in cells if cell)
        return max(plain, foreign.score(kind.name, cells))

    table = reading.read_table(data, file_name, score)
    source = foreign.recognise(kind.name, table.headings)
    return (source.translate(table), source.name) if source else (table, "")


def _map(
    brand_id: UUID,
    kind: Kind,
    table: Table,
    names: Mapping[str, Sequence[str]],
    by_hand: Mapping[str, str],
    is_foreign: bool,
) -> tuple[dict[str, int], dict[str, Any]]:
    """Column -> position, and what there is to say about it."""
    places = {headings.normal(heading): at for at, heading in reversed(list(enumerate(table.headings)))}
    asked: dict[str, int | None] = {}
    for column, heading in by_hand.items():
        at = places.get(headings.normal(heading)) if heading else None
        if heading and at is None:
            raise BadValue(column, heading, f"a heading of the file: {', '.join(filter(None, table.headings))}")
        asked[column] = at
    notes = dict(table.notes)
    if is_foreign:
        return {**notes.pop("mapping"), **{c: at for c, at in asked.items() if at is not None}}, notes
    remembered = _remembered(brand_id, kind, table.headings)
    if remembered is not None:
        mapping = {c: at for c, at in remembered.mapping.items() if kind.column(c) is not None}
        mapping |= {column: at for column, at in asked.items() if at is not None}
        kept = {c: at for c, at in mapping.items() if asked.get(c, at) is not None}
        return kept, {**notes, "remembered": True, "constants": remembered.constants}
    found = headings.match(table.headings, names, asked)
    notes |= {"doubts": dict(found.doubts), "unused": list(found.unused), "twice": list(found.twice)}
    return dict(found.mapping), notes


def _remembered(brand_id: UUID, kind: Kind, names: Sequence[str]) -> Remembered | None:
    with in_brand(brand_id):
        return Remembered.objects.filter(kind=kind.name, headings_sha256=headings_hash(names)).first()


def headings_hash(names: Sequence[str]) -> bytes:
    return hashlib.sha256("\x1f".join(map(headings.normal, names)).encode()).digest()


def _parts(run: RunRow, table: Table) -> list[Part]:
    return [
        Part(
            brand_id=run.brand_id,
            run_id=run.id,
            number=number,
            rows=len(lines),
            lines=pack(lines),
        )
        for number, start in enumerate(range(0, len(table.rows), PART_ROWS))
        if (lines := table.rows[start : start + PART_ROWS])
    ]
