"""Taking a whole import back: what each row replaced is put there again, last part first."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from datong.imports.actions.common import UNDO_NTH, Work, hold, note
from datong.imports.models import Run as RunRow
from datong.imports.queries import pack, unpack_images
from datong.imports.types import Change, Fault, Key, RunState
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows

DONE = """
    SELECT number FROM imports_part WHERE brand_id = %(brand)s AND run_id = %(run)s AND done ORDER BY number DESC
"""
IMAGES = "SELECT images, rows FROM imports_part WHERE brand_id = %(brand)s AND run_id = %(run)s AND number = %(number)s"
FORGET = """
    DELETE FROM imports_rowfault WHERE brand_id = %(brand)s AND run_id = %(run)s AND nth >= %(nth)s
"""
BACK = """
    UPDATE imports_part SET done = false, images = %(images)s
     WHERE brand_id = %(brand)s AND run_id = %(run)s AND number = %(number)s
"""


def undo(work: Work) -> Iterator[None]:
    """Refused, naming the rows, when something was changed since; with `partial` those rows are left as they are."""
    if not work.run.options.get("partial"):
        yield from _look_first(work)
        if _refused(work):
            return
    with in_brand(work.brand_id):
        run = hold(work)
        if work.run.options.get("partial") and not run.progress:  # not one that goes on after a crash
            execute(FORGET, {**work.key, "nth": UNDO_NTH})
            run.left = 0
            run.save(update_fields=["left"])
        numbers = [number for (number,) in rows(DONE, work.key)]
    for number in numbers:
        with in_brand(work.brand_id):
            run = hold(work)
            _take_back(work, run, number)
        yield
    with in_brand(work.brand_id):
        run = hold(work)
        work.kind.unsettle(work.context)
        work.kind.finish(work.context)
        run.state, run.finished_at = RunState.UNDONE, clock.now()
        run.holder = run.lease_until = None
        run.save(update_fields=["state", "finished_at", "holder", "lease_until"])
        audit.record(
            brand=work.brand_id,
            actor=run.undone_by,
            verb="imports.undo",
            subject=f"import {run.id}",
            after={"kind": run.kind, "file": run.file_name, "left": run.left},
        )


def _look_first(work: Work) -> Iterator[None]:
    """Every part's rows against what stands, before anything is put back."""
    with in_brand(work.brand_id):
        run = hold(work)
        execute(FORGET, {**work.key, "nth": UNDO_NTH})
        run.left = 0
        run.save(update_fields=["left"])
        numbers = [number for (number,) in rows(DONE, work.key)]
    for number in numbers:
        with in_brand(work.brand_id):
            run = hold(work)
            changes = unpack_images(bytes(rows(IMAGES, {**work.key, "number": number})[0][0]))
            waits = work.kind.waits(work.context)
            stuck = _stuck(work, changes, work.kind.apart(changes, work.context) if waits else set())
            note(work, stuck, start=UNDO_NTH)
            run.left += len({fault.line for fault in stuck})
            run.save(update_fields=["left"])
        yield


def _refused(work: Work) -> bool:
    with in_brand(work.brand_id):
        run = hold(work)
        if not run.left:
            return False
        run.state, run.finished_at = RunState.DONE, clock.now()
        run.message = f"{run.left} rows were changed since"
        run.holder = run.lease_until = None
        run.save(update_fields=["state", "finished_at", "message", "holder", "lease_until"])
    return True


def _stuck(work: Work, of_part: list[Change], apart: Collection[Key]) -> list[Fault]:
    """What cannot be taken back: it was changed since the import, or something else stands on it by now.

    What stands `apart` is taken back by itself.
    """
    changes = [change for change in of_part if change.key not in apart]
    standing = work.kind.standing({change.key for change in changes}, work.context)
    kind = work.kind
    changed = {
        change.key: kind.why_changed(now, change.after)
        for change in changes
        if not kind.unchanged(now := standing.get(change.key), change.after)
    }
    new = [change for change in changes if change.before is None and change.key not in changed]
    used = work.kind.in_use(new, work.context) if new else {}
    return [
        Fault(
            change.line,
            "",
            changed[change.key] if change.key in changed else used[change.key],
            kind.called(change.key, change.after),
        )
        for change in changes
        if change.key in changed or change.key in used
    ]


def _take_back(work: Work, run: RunRow, number: int) -> None:
    images, count = rows(IMAGES, {**work.key, "number": number})[0]
    changes = unpack_images(bytes(images))
    apart = work.kind.apart(changes, work.context)
    stuck = _stuck(work, changes, apart)
    note(work, stuck, start=UNDO_NTH)
    lines = {fault.line for fault in stuck}
    back = [change for change in changes if change.line not in lines and change.key not in apart]
    if back:
        work.kind.take_back(back, work.context)
    left = [change for change in changes if change.line in lines]
    execute(
        BACK,
        {**work.key, "number": number, "images": pack([[c.line, c.key, c.before, c.after] for c in left])},
    )
    run.left += len(lines)
    run.progress += count
    run.save(update_fields=["left", "progress"])
