"""Reads of entries and of the visits that came by them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from datong.brand.queries.registry import list_brands
from datong.brand.types.entries import DayScans, Entry, EntryScans, EntryType, Opens, Visit
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7_floor

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
MARK = 3
"""How many characters of a code say which brand to ask: no table of all brands' codes is needed."""
CODE = re.compile(f"[{ALPHABET}]{{10}}")
MAX_LISTED = 500


def mark_of(brand_id: UUID) -> str:
    """The first characters of a brand's codes; brands may share them."""
    number = int.from_bytes(sha256(brand_id.bytes).digest()[:4], "big")
    return "".join(ALPHABET[number >> (5 * n) & 31] for n in range(MARK))


def plain_code(text: str) -> str:
    """A code as it was made, from how somebody typed it; '' when it cannot be one."""
    typed = text.strip().lower().replace("o", "0").replace("i", "1").replace("l", "1").replace("-", "")
    return typed if CODE.fullmatch(typed) else ""


def brands_of_code(code: str) -> list[UUID]:
    """The brands whose code it may be."""
    return [brand.id for brand in list_brands() if mark_of(brand.id) == code[:MARK]]


BY_CODE = """
    SELECT id, code, kind, title, opens, valid_from, target, store_id, channel_id, place, associate,
           customer_id, valid_until, active
      FROM brand_entry WHERE brand_id = %(brand)s AND code = %(code)s
"""


def entry_by_code(brand_id: UUID, code: str) -> Entry | None:
    with in_brand(brand_id):
        return next((_entry(row) for row in rows(BY_CODE, {"brand": brand_id, "code": code})), None)


BY_ID = """
    SELECT id, code, kind, title, opens, valid_from, target, store_id, channel_id, place, associate,
           customer_id, valid_until, active
      FROM brand_entry WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])
"""


def entries_by_id(brand_id: UUID, ids: Collection[UUID]) -> dict[UUID, Entry]:
    if not ids:
        return {}
    with in_brand(brand_id):
        return {row[0]: _entry(row) for row in rows(BY_ID, {"brand": brand_id, "ids": list(ids)})}


LISTED = """
    SELECT e.id, e.code, e.kind, e.title, e.opens, e.valid_from, e.target, e.store_id, e.channel_id, e.place,
           e.associate, e.customer_id, e.valid_until, e.active, coalesce(v.visits, 0), coalesce(v.visitors, 0)
      FROM (SELECT * FROM brand_entry x
             WHERE x.brand_id = %(brand)s AND (%(kind)s = '' OR x.kind = %(kind)s)
               AND (%(after)s::uuid IS NULL OR x.id < %(after)s) AND (%(ended)s OR x.active)
               AND (%(stores)s::uuid[] IS NULL OR x.store_id = ANY(%(stores)s::uuid[]))
             ORDER BY x.id DESC LIMIT %(limit)s) e
      LEFT JOIN LATERAL (SELECT count(*)::int AS visits, count(DISTINCT v.visitor)::int AS visitors
                           FROM brand_visit v
                          WHERE v.brand_id = %(brand)s AND v.entry_id = e.id AND v.id >= %(since)s) v ON true
     ORDER BY e.id DESC
"""


def list_entries(
    brand_id: UUID,
    *,
    since: datetime,
    kind: str = "",
    stores: Collection[UUID] | None = None,
    ended: bool = False,
    after: UUID | None = None,
    limit: int = 100,
) -> list[EntryScans]:
    """Entries, the newest first, each with its visits since then; one statement. `stores`: those of these only."""
    key = {
        "brand": brand_id, "kind": kind, "stores": None if stores is None else list(stores), "ended": ended,
        "after": after, "limit": min(limit, MAX_LISTED), "since": uuid7_floor(since),
    }  # fmt: skip
    with in_brand(brand_id):
        return [EntryScans(_entry(row[:-2]), row[-2], row[-1]) for row in rows(LISTED, key)]


BY_DAY = """
    SELECT (v.at AT TIME ZONE %(zone)s)::date, count(*)::int, count(DISTINCT v.visitor)::int FROM brand_visit v
     WHERE v.brand_id = %(brand)s AND v.entry_id = %(entry)s AND v.id >= %(since)s GROUP BY 1 ORDER BY 1 DESC
"""


def scans_by_day(brand_id: UUID, entry_id: UUID, *, since: datetime, zone: str) -> list[DayScans]:
    """The days on which somebody came by it, the newest first."""
    key = {"brand": brand_id, "entry": entry_id, "since": uuid7_floor(since), "zone": zone}
    with in_brand(brand_id):
        return [DayScans(*row) for row in rows(BY_DAY, key)]


LAST = """
    SELECT id, entry_id, visitor, at FROM brand_visit
     WHERE brand_id = %(brand)s AND visitor = %(visitor)s AND id >= %(since)s ORDER BY id DESC LIMIT 1
"""


def last_visit(brand_id: UUID, visitor: UUID, *, since: datetime) -> Visit | None:
    """How this browser came in last, when it did since then."""
    with in_brand(brand_id):
        found = rows(LAST, {"brand": brand_id, "visitor": visitor, "since": uuid7_floor(since)})
        return Visit(*found[0]) if found else None


OF_CUSTOMERS = """
    SELECT w.customer_id, v.id, v.entry_id, v.visitor, v.at FROM brand_visitor w
      JOIN brand_visit v ON v.brand_id = w.brand_id AND v.visitor = w.visitor
     WHERE w.brand_id = %(brand)s AND w.customer_id = ANY(%(customers)s::uuid[]) AND v.id >= %(since)s
     ORDER BY v.id LIMIT %(limit)s
"""


def visits_of(
    brand_id: UUID, customers: Sequence[UUID], *, since: datetime, limit: int = 5000
) -> list[tuple[UUID, Visit]]:
    """(customer, visit) of these customers since then, oldest first; one statement."""
    key = {"brand": brand_id, "customers": list(customers), "since": uuid7_floor(since), "limit": limit}
    with in_brand(brand_id):
        return [(row[0], Visit(*row[1:])) for row in rows(OF_CUSTOMERS, key)]


def _entry(row: Sequence[Any]) -> Entry:
    entry_id, code, kind, title, opens, *rest = row
    return Entry(entry_id, code, EntryType(kind), title, Opens(opens), *rest)
