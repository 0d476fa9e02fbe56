"""Shifts of tills: what the drawer should hold, and what was counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.books.types import DrawerKind, DrawerMove, Shift
from datong.kernel.db import in_brand, rows

COLUMNS = """
    SELECT s.id, s.till_id, s.till, s.store_id, s.channel, s.currency, s.float_minor,
           coalesce((SELECT sum(m.amount_minor) FROM books_drawermove m
                      WHERE m.brand_id = s.brand_id AND m.shift_id = s.id), 0)::bigint,
           s.opened_at, s.opened_by, s.closed_at, s.closed_by, s.counted_minor, s.posted_minor, s.pieces, s.note
      FROM books_shift s
"""
ONE = f"{COLUMNS} WHERE s.brand_id = %(brand)s AND s.id = %(id)s"
LATEST = f"""
    {COLUMNS} WHERE s.brand_id = %(brand)s AND s.store_id = %(store)s
       AND coalesce(s.closed_at, s.opened_at) >= %(since)s AND coalesce(s.opened_at, s.closed_at) < %(until)s
     ORDER BY s.id DESC LIMIT 200
"""
MOVES = """
    SELECT id, shift_id, kind, amount_minor, at, by, reason, subject_id FROM books_drawermove
     WHERE brand_id = %(brand)s AND shift_id = %(shift)s ORDER BY at, id LIMIT 2000
"""


def shift_of(brand_id: UUID, shift_id: UUID) -> Shift | None:
    """A shift as it stands; None for one that was not told of yet."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "id": shift_id})
        return _shift(found[0]) if found else None


def shifts_of(brand_id: UUID, store_id: UUID, since: datetime, until: datetime) -> list[Shift]:
    """Shifts of a store that touch a span of time, the newest first, at most 200; one statement."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "store": store_id, "since": since, "until": until}
        return [_shift(row) for row in rows(LATEST, key)]


def drawer_moves(brand_id: UUID, shift_id: UUID) -> list[DrawerMove]:
    """The cash of a shift in the order of its times, at most 2,000."""
    with in_brand(brand_id):
        found = rows(MOVES, {"brand": brand_id, "shift": shift_id})
    return [DrawerMove(row[0], row[1], DrawerKind(row[2]), *row[3:]) for row in found]


def _shift(row: Sequence[Any]) -> Shift:
    pieces = msgspec.json.decode(row[14]) if isinstance(row[14], str) else row[14]
    given: tuple[Any, ...] = (*row[:14], {int(face): count for face, count in pieces.items()}, row[15])
    return Shift(*given)
