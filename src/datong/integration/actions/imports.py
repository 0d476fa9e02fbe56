"""File drop: a file's orders go through the same inbox as everybody's, batch by batch, and the run can be continued."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from datong.integration.actions.contexts import context_of
from datong.integration.actions.drain import settle
from datong.integration.actions.keep import Row, keep
from datong.integration.models import ImportRun
from datong.integration.types import Imported, InboxState
from datong.integration.wire import marketplace, tabular
from datong.integration.wire.mapping.language import Mapping, mapping_of
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows

BATCH = 200

OnProgress = Callable[[Imported], None]


def import_orders(
    path: Path,
    mapping: str,
    channel_id: UUID,
    brand_id: UUID,
    on_progress: OnProgress | None = None,
    *,
    resume: bool = True,
) -> Imported:
    """Read a CSV, Excel or JSON Lines file by `mapping` (a shipped name, or the path of a TOML file).

    The checkpoint moves in the transaction that keeps the rows, so a run that was killed goes on without a gap and
    without a second copy; the orders themselves are once-only anyhow. `resume` False reads from the start again (every
    order is then a repeat). `on_progress` is called after each batch. Raises BadInput, NotFound.
    """
    text = Path(mapping).read_text("utf-8") if mapping.endswith(".toml") else _shipped(mapping)
    words = mapping_of(text)
    context_of(brand_id, channel_id)  # the channel exists
    run = _run(path, text, channel_id, brand_id, resume=resume)
    start = run.row
    if not run.done:
        _read_on(path, words, run, on_progress, start)
    return _imported(run, start)


def _shipped(name: str) -> str:
    marketplace.shipped(name)
    return (marketplace.SHIPPED / f"{name}.toml").read_text("utf-8")


def _run(path: Path, mapping: str, channel_id: UUID, brand_id: UUID, *, resume: bool) -> ImportRun:
    """The run of this content under this mapping; a new one, or where it was left."""
    now = clock.now()
    with in_brand(brand_id):
        run, _ = ImportRun.objects.get_or_create(
            brand_id=brand_id,
            channel_id=channel_id,
            file_sha256=bytes.fromhex(tabular.file_hash(path)),
            mapping_sha256=hashlib.sha256(mapping.encode()).digest(),
            defaults={"file_name": path.name[:200], "mapping": mapping, "started_at": now, "updated_at": now},
        )
        if not resume:
            run.row, run.orders, run.states, run.done, run.started_at = 0, 0, {}, False, now
            run.save(update_fields=["row", "orders", "states", "done", "started_at"])
        return run


def _read_on(path: Path, words: Mapping, run: ImportRun, on_progress: OnProgress | None, start: int) -> None:
    groups = tabular.groups(tabular.rows_of(path, words.table), words, after=run.row)
    # Rows that were kept before a crash but not yet placed are the worker's; they are pending in the inbox.
    for batch in _batches(groups):
        found = [_row(group, run) for group in batch]
        with in_brand(run.brand_id):
            keep(found)
            run.row, run.orders = batch[-1].end, run.orders + len(batch)
            execute(
                MOVE, {"brand": run.brand_id, "id": run.id, "row": run.row, "orders": run.orders, "now": clock.now()}
            )
        done = settle(run.brand_id, [row.id for row in found])
        counts = Counter(run.states)
        counts.update({state.value: n for state, n in done.states.items()})
        run.states = dict(counts)
        if on_progress:
            on_progress(_imported(run, start))
    run.done = True
    with in_brand(run.brand_id):
        run.states = dict(rows(STATES, _about(run)))
        execute(
            FINISH,
            {
                "brand": run.brand_id,
                "id": run.id,
                "states": msgspec.json.encode(run.states).decode(),
                "now": clock.now(),
            },
        )


def _about(run: ImportRun) -> dict[str, Any]:
    return {"brand": run.brand_id, "id": run.id, "since": run.started_at}


STATES = """
    SELECT state, count(*) FROM integration_inbox
     WHERE brand_id = %(brand)s AND run_id = %(id)s AND received_at >= %(since)s AND corrected_from IS NULL GROUP BY 1
"""
MOVE = """
    UPDATE integration_importrun SET row = %(row)s, orders = %(orders)s, updated_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
FINISH = """
    UPDATE integration_importrun SET done = true, states = %(states)s::jsonb, updated_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def _row(group: tabular.Group, run: ImportRun) -> Row:
    return Row(
        channel_id=run.channel_id,
        connector="tabular",
        body=tabular.encode(group),
        door=f"file:{run.file_name}"[:80],
        run_id=run.id,
        external_id=group.external_id[:120].replace("\x00", ""),
        headers={"row": str(group.row), "file": run.file_name},
    )


def _batches(groups: Iterator[tabular.Group]) -> Iterator[Sequence[tabular.Group]]:
    while batch := list(islice(groups, BATCH)):
        yield batch


def _imported(run: ImportRun, start: int) -> Imported:
    states = {InboxState(state): count for state, count in run.states.items()}
    return Imported(run.id, run.row, run.orders, states, run.done, start)
