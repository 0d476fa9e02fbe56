"""What tills told, and what of it somebody must look at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound, Problem
from datong.tills.types import FactKind, FactState, Kept

COLUMNS = """
    SELECT id, device_id, store_id, kind, state, at, said_at, by, received_at, order_id, number, inbox_id, problems,
           note, body, shift_id FROM tills_fact
"""
ONE = f"{COLUMNS} WHERE brand_id = %(brand)s AND id = %(id)s"
OPEN = f"""
    {COLUMNS} WHERE brand_id = %(brand)s AND state IN ('received', 'refused')
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
     ORDER BY id DESC LIMIT %(limit)s
"""
WAITING = """
    SELECT count(*) FROM tills_fact WHERE brand_id = %(brand)s AND state IN ('received', 'refused')
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
"""


def get_fact(brand_id: UUID, fact_id: UUID) -> Kept:
    """Raises NotFound."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "id": fact_id})
    if not found:
        raise NotFound(f"no fact {fact_id}")
    return kept(found[0])


def facts_open(brand_id: UUID, stores: Collection[UUID] | None = None, *, limit: int = 100) -> list[Kept]:
    """What was refused and nobody has looked at, the newest first."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "stores": None if stores is None else list(stores), "limit": limit}
        return [kept(row) for row in rows(OPEN, key)]


def facts_waiting(brand_id: UUID, stores: Collection[UUID] | None = None) -> int:
    with in_brand(brand_id):
        key = {"brand": brand_id, "stores": None if stores is None else list(stores)}
        return int(rows(WAITING, key)[0][0])


def kept(row: Sequence[Any]) -> Kept:
    problems, body = (msgspec.json.decode(v) if isinstance(v, str) else v for v in (row[12], row[14]))
    told = tuple(Problem(p["field"], p["code"], p["fix"], p.get("value")) for p in problems)
    given: tuple[Any, ...] = (*row[5:12], told, row[13], body, row[15])
    return Kept(row[0], row[1], row[2], FactKind(row[3]), FactState(row[4]), *given)
