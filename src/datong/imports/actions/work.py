"""The work behind a run, a part at a time: whoever holds its lease goes on, a worker or a command.

Checking begins anew after a crash (it changes nothing). Letting in and taking back go on with the next part: a part's
rows, their images and its mark are one transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from datong.brand import api as brands
from datong.imports.actions.check import check
from datong.imports.actions.common import Work
from datong.imports.actions.put import put
from datong.imports.actions.undo import undo
from datong.imports.ports import kind_of
from datong.imports.queries import get_run
from datong.imports.types import Context, Run, RunState
from datong.kernel import clock
from datong.kernel.bulk import uncollected
from datong.kernel.db import execute, in_brand
from datong.kernel.ids import uuid7

DONE = object()
LEASE = timedelta(seconds=120)
STEPS = {RunState.CHECKING: check, RunState.RUNNING: put, RunState.UNDOING: undo}

CLAIM = """
    UPDATE imports_run SET holder = %(holder)s, lease_until = %(until)s
     WHERE brand_id = %(brand)s AND id = %(run)s AND state IN ('checking', 'running', 'undoing')
       AND (holder IS NULL OR holder = %(holder)s OR lease_until IS NULL OR lease_until < %(now)s)
"""


def work(brand_id: UUID, run_id: UUID, *, holder: UUID | None = None) -> Iterator[Run]:
    """Bring a run as far as it goes without a person, yielding it after each part. Ends at once when somebody else
    works on it."""
    me = holder or uuid7()
    while True:
        if not _claim(brand_id, run_id, me):
            return
        run = get_run(brand_id, run_id)
        step = STEPS.get(run.state)
        if step is None:
            return
        for _ in _quick(step(_work(run, brand_id, me))):
            if not _claim(brand_id, run_id, me):
                break
            yield get_run(brand_id, run_id)
        yield get_run(brand_id, run_id)


def _quick(steps: Iterator[None]) -> Iterator[None]:
    """The steps, each with the collector at rest; not what is done between them."""
    while True:
        with uncollected():
            if next(steps, DONE) is DONE:
                return
        yield


def _claim(brand_id: UUID, run_id: UUID, holder: UUID) -> bool:
    now = clock.now()
    key = {"brand": brand_id, "run": run_id, "holder": holder, "now": now, "until": now + LEASE}
    with in_brand(brand_id):
        return bool(execute(CLAIM, key))


def _work(run: Run, brand_id: UUID, holder: UUID) -> Work:
    at = run.options.get("at")
    context = Context(
        brand=brands.get_brand(brand_id),
        run_id=run.id,
        by=run.undone_by if run.state is RunState.UNDOING and run.undone_by else run.by,
        at=datetime.fromisoformat(at) if at and run.state is not RunState.CHECKING else clock.now(),
        file=run.file_name,
        options=run.options,
    )
    return Work(run, kind_of(run.kind), context, holder)
