"""Reads of settlements."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.merchants.types import Run, RunItem, SettlementState

COLUMNS = "id, until, currency, state, by, at, approved_by, posted_at, paid_on, paid_ref, paid_by, reason"
RUNS = f"""
    SELECT {COLUMNS} FROM merchants_run r
     WHERE r.brand_id = %(brand)s AND (%(run)s::uuid IS NULL OR r.id = %(run)s)
       AND (%(company)s::uuid IS NULL OR EXISTS (
            SELECT 1 FROM merchants_runitem i WHERE i.brand_id = r.brand_id AND i.run_id = r.id
               AND (i.company_id = %(company)s OR i.counter_id = %(company)s)))
       AND (%(before)s::uuid IS NULL OR r.id < %(before)s)
     ORDER BY r.id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only
ITEMS = """
    SELECT run_id, company_id, counter_id, entries, owes_minor, gets_minor, bank FROM merchants_runitem
     WHERE brand_id = %(brand)s AND run_id = ANY(%(runs)s::uuid[]) ORDER BY run_id, company_id, counter_id
"""


def runs(brand_id: UUID, *, company_id: UUID | None = None, before: UUID | None = None, limit: int = 50) -> list[Run]:
    """Settlements with what they come to, the newest first; `company_id`: those with this company. Two statements."""
    return _runs(brand_id, None, company_id, before, limit)


def run(brand_id: UUID, run_id: UUID) -> Run:
    """Raises NotFound for a settlement there is not."""
    for found in _runs(brand_id, run_id, None, None, 1):
        return found
    raise NotFound(f"no settlement {run_id}")


def _runs(brand_id: UUID, run_id: UUID | None, company: UUID | None, before: UUID | None, limit: int) -> list[Run]:
    key = {"brand": brand_id, "run": run_id, "company": company, "before": before, "limit": max(1, min(limit, 200))}
    with in_brand(brand_id):
        found = rows(RUNS, key)
        items: dict[UUID, list[RunItem]] = {}
        for of, *item in rows(ITEMS, {"brand": brand_id, "runs": [row[0] for row in found]}):
            items.setdefault(of, []).append(RunItem(*item))
    return [_run(row, items.get(row[0], [])) for row in found]


def _run(row: tuple[Any, ...], items: list[RunItem]) -> Run:
    id_, until, currency, state, *rest = row
    return replace(Run(id_, until, currency, SettlementState(state), *rest), items=tuple(items))
