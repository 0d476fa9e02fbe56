"""The dry run: every row is read, compared with what stands and with the rows above it; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator

from datong.imports.actions.common import FINDING_NTH, Work, decide, hold, lines_of_part, note, parsed, part_numbers
from datong.imports.types import Key, Row, RunState
from datong.kernel import clock
from datong.kernel.db import execute, in_brand

CLEAR = "DELETE FROM imports_rowfault WHERE brand_id = %(brand)s AND run_id = %(run)s"


def check(work: Work) -> Iterator[None]:
    """Check part by part; begins anew after a crash, since what repeats an earlier row must be remembered."""
    with in_brand(work.brand_id):
        run = hold(work)
        execute(CLEAR, work.key)
        run.new = run.changed = run.same = run.bad = run.found = run.progress = 0
        run.save(update_fields=["new", "changed", "same", "bad", "found", "progress"])
        numbers = part_numbers(work)
    seen: dict[Key, int] = {}
    across = work.kind.across(work.context)

    def look(row: Row, keys: list[Key]) -> None:
        _repeated(work, row, keys, seen)
        across(row)

    for number, _ in numbers:
        with in_brand(work.brand_id):
            run = hold(work)
            found = parsed(work, lines_of_part(work, number))
            plans = decide(work, found, look)
            note(work, [fault for row in found for fault in row.faults])
            note(work, [each for row in found for each in row.findings], start=FINDING_NTH)
            run.new += sum(plan.new and bool(plan.changes) for plan in plans)
            run.changed += sum(not plan.new and bool(plan.changes) for plan in plans)
            run.same += sum(not plan.changes for plan in plans)
            run.bad += sum(bool(row.faults) for row in found)
            run.found += sum(bool(row.findings) and not row.faults for row in found)
            run.progress += len(found)
            run.save(update_fields=["new", "changed", "same", "bad", "found", "progress"])
        yield
    with in_brand(work.brand_id):
        run = hold(work)
        run.state, run.finished_at = RunState.CHECKED, clock.now()
        run.holder = run.lease_until = None
        run.save(update_fields=["state", "finished_at", "holder", "lease_until"])


def _repeated(work: Work, row: Row, keys: list[Key], seen: dict[Key, int]) -> None:
    """Note a row that is about the same thing as one above it."""
    for key in keys:
        above = seen.setdefault(key, row.line)
        if above != row.line:
            row.wrong(work.kind.columns[0].name, "repeated", above=above, what=work.kind.called(key, row))
            return
