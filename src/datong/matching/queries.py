"""Reads of matching."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import json

from datong.customers.api import settled_pairs
from datong.customers.types import Outcome
from datong.kernel.db import in_brand, rows
from datong.matching.types import Run, Setting, Shown, Step, Weighed

SETTING = """
    SELECT merges, nightly, auto, review, by, at, reason FROM matching_setting
     WHERE brand_id = %(brand)s ORDER BY id DESC LIMIT 1
"""


def setting_of(brand_id: UUID) -> Setting:
    """What runs of the brand may do now; nothing said is the safe beginning."""
    with in_brand(brand_id):
        found = rows(SETTING, {"brand": brand_id})
    return Setting(*found[0]) if found else Setting()


PAIRS = """
    SELECT p.a, p.b, p.weight, p.parts::text FROM unnest(%(as)s::uuid[], %(bs)s::uuid[]) w(a, b)
      JOIN matching_pair p ON p.brand_id = %(brand)s AND p.a = w.a AND p.b = w.b
"""


def weights_of(brand_id: UUID, pairs: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Weighed]:
    """What was last weighed of these pairs, (a, b) with a < b; those never weighed have no entry. One statement."""
    asked = sorted({(min(a, b), max(a, b)) for a, b in pairs})
    params = {"brand": brand_id, "as": [a for a, _ in asked], "bs": [b for _, b in asked]}
    with in_brand(brand_id):
        return {(row[0], row[1]): _weighed(row) for row in rows(PAIRS, params)}


def _weighed(row: tuple[Any, ...]) -> Weighed:
    return Weighed(row[0], row[1], row[2], json.decode(row[3], type=dict[str, float]))


RUN_COLUMNS = "id, by, at, ended_at, step, records, pairs, proposed, merged, error"
RUNS = f"""
    SELECT {RUN_COLUMNS} FROM matching_run
     WHERE brand_id = %(brand)s AND (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only


def list_runs(brand_id: UUID, *, before: UUID | None = None, limit: int = 20) -> list[Run]:
    """Runs of a brand, the newest first; `before` is the last of the page before."""
    with in_brand(brand_id):
        found = rows(RUNS, {"brand": brand_id, "before": before, "limit": min(limit, 100)})
    return [run_of(row) for row in found]


def run_of(row: tuple[Any, ...]) -> Run:
    """A row of RUN_COLUMNS."""
    return Run(row[0], row[1], row[2], row[3], Step(row[4]), *row[5:])


OPEN = """
    SELECT id FROM matching_run
     WHERE brand_id = %(brand)s AND ended_at IS NULL AND (held_until IS NULL OR held_until < %(now)s)
"""


def open_run(brand_id: UUID, now: datetime) -> UUID | None:
    """The run of a brand that waits for a worker, or whose worker is gone."""
    with in_brand(brand_id):
        found = rows(OPEN, {"brand": brand_id, "now": now})
    return found[0][0] if found else None


def shown_precision(brand_id: UUID) -> Shown:
    """How people decided the newest 1,000 pairs at or above the automatic threshold."""
    with in_brand(brand_id):
        least = setting_of(brand_id).auto
        settled = {(a, b): outcome for a, b, outcome in settled_pairs(brand_id)}
        sure = [pair for pair, one in weights_of(brand_id, settled).items() if one.weight >= least]
        return Shown(len(sure), sum(settled[pair] is Outcome.MERGED for pair in sure))
