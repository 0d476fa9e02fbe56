"""What people ask of a run: its mapping, a check, a start, an undo. The work itself is done by `work`."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from datong.imports.actions.intake import headings_hash
from datong.imports.models import Part, Remembered, RowFault
from datong.imports.models import Run as RunRow
from datong.imports.ports import kind_of
from datong.imports.queries import run_of
from datong.imports.types import AT_WORK, Column, Mode, Run, RunState
from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.errors import BadInput, BadValue, Conflict, NotFound, Problem

STARTABLE = (RunState.READ, RunState.CHECKED)


def map_run(
    brand_id: UUID, run_id: UUID, mapping: Mapping[str, int], constants: Mapping[str, str] | None = None
) -> Run:
    """Say which heading (by its position) each column is read from; remembered for files with the same headings.

    Raises BadValue for a column or a position that is not there, Conflict once the rows went in.
    """
    with in_brand(brand_id):
        run = _locked(run_id)
        _in(run, STARTABLE)
        kind = kind_of(run.kind)
        for column, at in mapping.items():
            if kind.column(column) is None or not 0 <= at < len(run.headings):
                raise BadValue(column, at, "a column of the table and a heading of the file")
        fixed = {name: text.strip() for name, text in (constants or {}).items() if text.strip()}
        run.mapping, run.constants, run.state = dict(mapping), fixed, RunState.READ
        run.notes = {key: value for key, value in run.notes.items() if key not in ("doubts", "unused", "twice")}
        run.save(update_fields=["mapping", "constants", "state", "notes"])
        Remembered.objects.bulk_create(
            [
                Remembered(
                    brand_id=brand_id,
                    kind=run.kind,
                    headings_sha256=headings_hash(run.headings),
                    mapping=run.mapping,
                    constants=fixed,
                    at=clock.now(),
                )
            ],
            update_conflicts=True,
            unique_fields=["brand_id", "kind", "headings_sha256"],
            update_fields=["mapping", "constants", "at"],
        )
        return run_of(run)


def ask_check(brand_id: UUID, run_id: UUID) -> Run:
    """A dry run: every row is read and compared, nothing is changed. Raises BadInput naming the columns that lack."""
    with in_brand(brand_id):
        run = _locked(run_id)
        if run.state == RunState.CHECKING:
            return run_of(run)
        _in(run, STARTABLE)
        _complete(run)
        return _stage(run, RunState.CHECKING)


def ask_start(brand_id: UUID, run_id: UUID, *, mode: Mode = Mode.GOOD, invite: str = "") -> Run:
    """Let the rows in. With mode ALL a file with bad rows is refused (Conflict); else the good ones go in.

    `invite`: new staff get an e-mail with a link that begins so, the console's address.
    """
    with in_brand(brand_id):
        run = _locked(run_id)
        if run.state in (RunState.RUNNING, RunState.DONE):
            return run_of(run)
        _in(run, (RunState.CHECKED,))
        if mode is Mode.ALL and run.bad:
            raise Conflict(f"{run.bad} rows are bad and nothing goes in until every row is good: correct them first")
        run.mode = mode
        run.options = {**run.options, "at": clock.now().isoformat(), **({"invite": invite} if invite else {})}
        run.new = run.changed = run.same = 0
        run.save(update_fields=["mode", "options", "new", "changed", "same"])
        return _stage(run, RunState.RUNNING)


def ask_undo(brand_id: UUID, run_id: UUID, *, by: str, partial: bool = False) -> Run:
    """Put back what each row replaced. Refused when something was changed since, unless `partial` leaves that be."""
    with in_brand(brand_id):
        run = _locked(run_id)
        if run.state in (RunState.UNDOING, RunState.UNDONE):
            return run_of(run)
        _in(run, (RunState.DONE, RunState.FAILED))
        run.options = {**run.options, "partial": "1" if partial else ""}
        run.undone_by = by[:120]
        run.save(update_fields=["options", "undone_by"])
        return _stage(run, RunState.UNDOING)


def forget(brand_id: UUID, run_id: UUID) -> None:
    """Drop a file of which nothing went in."""
    with in_brand(brand_id):
        run = _locked(run_id)
        _in(run, STARTABLE)
        RowFault.objects.filter(run_id=run_id).delete()
        Part.objects.filter(run_id=run_id).delete()
        run.delete()


def give_up(brand_id: UUID, run_id: UUID, why: str) -> None:
    """Something unforeseen happened at a part, and its transaction is gone: stop, and say why. It can be undone."""
    with in_brand(brand_id):
        run = _locked(run_id)
        if run.state in AT_WORK:
            run.state = RunState.READ if run.state == RunState.CHECKING else RunState.FAILED
            run.message, run.finished_at = why[:500], clock.now()
            run.holder = run.lease_until = None
            run.save(update_fields=["state", "message", "finished_at", "holder", "lease_until"])


def _locked(run_id: UUID) -> RunRow:
    run = RunRow.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise NotFound(f"no import {run_id}")
    return run


def _in(run: RunRow, states: tuple[RunState, ...]) -> None:
    if run.state not in states:
        raise Conflict(f"this import is {run.state}; that can be asked of one that is {' or '.join(states)}")


def lacking_columns(run: Run | RunRow) -> list[Column]:
    """Needed columns that no heading is mapped to."""
    columns = kind_of(run.kind).columns
    return [c for c in columns if c.needed and c.name not in run.mapping and not run.constants.get(c.name)]


def is_mapped(run: Run) -> bool:
    """Whether every needed column is read from somewhere."""
    return not lacking_columns(run)


def _complete(run: RunRow) -> None:
    lacking = lacking_columns(run)
    if lacking:
        here = ", ".join(filter(None, run.headings))
        problems = [
            Problem(c.name, "missing_column", f"a heading for it among those of the file: {here}") for c in lacking
        ]
        raise BadInput(f"the file has no column {', '.join(c.name for c in lacking)}", *problems)


def _stage(run: RunRow, state: RunState) -> Run:
    """Into a state that somebody works on."""
    run.state, run.progress, run.stage_at, run.message = state, 0, clock.now(), ""
    run.holder = run.lease_until = run.finished_at = None
    run.save(update_fields=["state", "progress", "stage_at", "message", "holder", "lease_until", "finished_at"])
    return run_of(run)
