"""What carrying out facts shares: where the till stands, the facts' lock, their mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from datong.books.types import Till
from datong.kernel.db import current_brand, execute, rows
from datong.kernel.errors import Problem
from datong.tills.queries.facts import COLUMNS, kept
from datong.tills.types import Device, FactState, Kept


@dataclass(frozen=True, slots=True)
class At:
    """A till and the words that others know its place by."""

    device: Device
    store: str
    channel: str
    currency: str

    @property
    def till(self) -> Till:
        return Till(self.device.id, self.device.name, self.device.store_id, self.channel)


LOCK = f"{COLUMNS} WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[]) ORDER BY id FOR UPDATE"


def lock(brand: UUID, ids: Sequence[UUID]) -> dict[UUID, Kept]:
    return {row[0]: kept(row) for row in rows(LOCK, {"brand": brand, "ids": list(ids)})}


MARK = """
    UPDATE tills_fact SET state = %(state)s, order_id = coalesce(%(order)s, order_id), inbox_id = %(inbox)s,
           number = CASE WHEN %(number)s = '' THEN number ELSE %(number)s END, problems = %(problems)s::jsonb,
           note = CASE WHEN %(note)s = '' THEN note ELSE %(note)s END
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def mark(
    fact_id: UUID,
    state: FactState,
    *,
    order_id: UUID | None = None,
    number: str = "",
    inbox_id: UUID | None = None,
    problems: Sequence[Problem] = (),
    note: str = "",
) -> None:
    """Say what became of a fact; it is locked by the caller."""
    said = [{"field": p.field, "code": p.code, "fix": p.fix, "value": p.value} for p in problems[:20]]
    told = msgspec.json.encode(said).decode().replace("\\u0000", "")
    key = {"brand": current_brand(), "id": fact_id, "state": state.value, "order": order_id, "number": number}
    execute(MARK, {**key, "inbox": inbox_id, "problems": told, "note": note[:300]})
