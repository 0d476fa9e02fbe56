"""Letting the rows in, a part a transaction, with an image of what each replaced."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import Error

from datong.imports.actions.common import Plan, Work, decide, hold, lines_of_part, note, parsed, part_numbers
from datong.imports.models import Run as RunRow
from datong.imports.queries import pack
from datong.imports.types import Change, Fault, Mode, RunState
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, DatongError

BAD = """
    SELECT DISTINCT line FROM imports_rowfault
     WHERE brand_id = %(brand)s AND run_id = %(run)s AND blocks AND line BETWEEN %(first)s AND %(last)s
"""
DONE = """
    UPDATE imports_part SET done = true, images = %(images)s
     WHERE brand_id = %(brand)s AND run_id = %(run)s AND number = %(number)s
"""


def put(work: Work) -> Iterator[None]:
    """The good rows of every part that is not done yet; rows that the check refused stay out."""
    with in_brand(work.brand_id):
        numbers = part_numbers(work)
    for number, done in numbers:
        if done:
            continue
        with in_brand(work.brand_id):
            run = hold(work)
            if not _put_part(work, run, number):
                return
        yield
    with in_brand(work.brand_id):
        run = hold(work)
        work.kind.settle(work.context)
        work.kind.finish(work.context)
        run.state, run.finished_at = RunState.DONE, clock.now()
        run.holder = run.lease_until = None
        run.save(update_fields=["state", "finished_at", "holder", "lease_until"])
        counts = {"rows": run.rows, "new": run.new, "changed": run.changed, "same": run.same, "bad": run.bad}
        audit.record(
            brand=work.brand_id,
            actor=run.by,
            verb="imports.run",
            subject=f"import {run.id}",
            after={"kind": run.kind, "file": run.file_name, **counts},
        )


def _put_part(work: Work, run: RunRow, number: int) -> bool:
    """False when the run ended here: nothing goes in unless every row is good, and one is not any more."""
    lines = lines_of_part(work, number)
    span = {"first": lines[0][0], "last": lines[-1][0]}
    bad = {line for (line,) in rows(BAD, {**work.key, **span})}
    found = parsed(work, [line for line in lines if line[0] not in bad])
    try:
        with savepoint():
            plans = decide(work, found)
            written, refused = _write(work, [plan for plan in plans if plan.changes])
            faults = [fault for row in found for fault in row.faults] + refused
            if faults and run.mode == Mode.ALL:
                raise _StopError(faults)
    except _StopError as stop:
        note(work, stop.faults)
        _give_up(run, stop.faults)
        return False
    note(work, faults)
    images = [_image(change) for plan in written for change in plan.changes]
    execute(DONE, {**work.key, "number": number, "images": pack(images)})
    run.bad += len({fault.line for fault in faults})
    run.new += sum(plan.new for plan in written)
    run.changed += sum(not plan.new for plan in written)
    run.same += sum(not plan.changes for plan in plans)
    run.progress += len(lines)
    run.save(update_fields=["new", "changed", "same", "bad", "progress"])
    return True


class _StopError(Exception):
    """A row is bad where every row must be good; what was written of its part goes with the savepoint."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("a bad row")
        self.faults = faults


def _image(change: Change) -> list[object]:
    return [change.line, change.key, change.before, change.after]


def _write(work: Work, plans: Sequence[Plan]) -> tuple[list[Plan], list[Fault]]:
    """All at once; where something is refused, by halves until the row that is refused stands alone."""
    if not plans:
        return [], []
    try:
        with savepoint():
            work.kind.write([change for plan in plans for change in plan.changes], work.context)
        return list(plans), []
    except (DatongError, Error) as error:
        if len(plans) == 1:
            said = _said(error)
            row = plans[0].row
            row.wrong("", "refused", why=said[:300])
            return [], [row.faults.pop()]
    middle = len(plans) // 2
    done, refused = _write(work, plans[:middle])
    more, also = _write(work, plans[middle:])
    return done + more, refused + also


def _said(error: DatongError | Error) -> str:
    """Why it was refused: each field and its fix, where that is known."""
    if isinstance(error, BadInput) and error.problems:
        return "; ".join(f"{problem.field.split('/')[-1]}: {problem.fix}" for problem in error.problems)
    return str(error) if isinstance(error, DatongError) else "the database refused it"


def _give_up(run: RunRow, faults: Sequence[Fault]) -> None:
    """What went in already is taken back: the run is undone by the next step, and says why."""
    run.state, run.stage_at, run.progress = RunState.UNDOING, clock.now(), 0
    run.message = f"row {faults[0].line} cannot go in any more, so nothing did"
    run.undone_by = run.by
    run.bad += len({fault.line for fault in faults})
    run.options = {**run.options, "partial": "1"}
    run.save(update_fields=["state", "stage_at", "progress", "message", "undone_by", "options", "bad"])
