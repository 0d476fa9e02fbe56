"""Writes of entries: making them, ending them, and who came by."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from datong.brand.queries.entries import ALPHABET, entries_by_id, mark_of
from datong.brand.queries.registry import stores_by_id
from datong.brand.types.entries import MAX_MADE, Entry, EntryType, Opens, Visit
from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7

RANDOM = 7
"""Random characters of a code: one in 34,000 million guesses hits a given one."""
NEEDS_TARGET = frozenset({Opens.PRODUCT, Opens.CATEGORY, Opens.SEARCH})


def new_code(brand_id: UUID) -> str:
    """A code that is of this brand and says nothing else."""
    return mark_of(brand_id) + "".join(secrets.choice(ALPHABET) for _ in range(RANDOM))


MAKE = """
    INSERT INTO brand_entry (brand_id, id, code, kind, title, opens, target, store_id, channel_id, place, associate,
                             customer_id, valid_from, valid_until, active)
    SELECT %(brand)s, * FROM unnest(
        %(id)s::uuid[], %(code)s::text[], %(kind)s::text[], %(title)s::text[], %(opens)s::text[], %(target)s::text[],
        %(store_id)s::uuid[], %(channel_id)s::uuid[], %(place)s::text[], %(associate)s::text[],
        %(customer_id)s::uuid[], %(valid_from)s::timestamptz[], %(valid_until)s::timestamptz[], %(active)s::bool[])
    ON CONFLICT (brand_id, id) DO NOTHING RETURNING id
"""
FIELDS = (
    "id", "code", "kind", "title", "opens", "target", "store_id", "channel_id", "place", "associate", "customer_id",
    "valid_from", "valid_until", "active",
)  # fmt: skip


def make_entries(brand_id: UUID, entries: Sequence[Entry], *, by: str) -> list[Entry]:
    """Make entries, known by their ids: the same ids again make nothing and give what there is. One commit.

    A `code` that is '' is drawn. BadValue names the field that is wrong.
    """
    if not 0 < len(entries) <= MAX_MADE:
        raise BadValue("entries", len(entries), f"1 to {MAX_MADE} at once")
    ready = sorted((_ready(brand_id, entry) for entry in entries), key=lambda one: one.id)
    with in_brand(brand_id):
        wanted = {entry.store_id for entry in ready if entry.store_id}
        if wanted and set(stores_by_id(brand_id, wanted)) != wanted:
            raise BadValue("store_id", len(wanted), "stores of the brand")
        columns = {name: [getattr(entry, name) for entry in ready] for name in FIELDS}
        made = {entry_id for (entry_id,) in rows(MAKE, {"brand": brand_id, **columns})}
        if made:
            new = [entry for entry in ready if entry.id in made]
            subject = f"entry {new[0].code}" if len(new) == 1 else f"{len(new)} entries"
            after = {"codes": [entry.code for entry in new[:50]], "kind": new[0].kind, "title": new[0].title}
            audit.record(brand=brand_id, actor=by, verb="entry.make", subject=subject, after=after)
        found = entries_by_id(brand_id, [entry.id for entry in entries])
        return [found[entry.id] for entry in entries]


def _ready(brand_id: UUID, entry: Entry) -> Entry:
    title, target, place = entry.title.strip(), entry.target.strip(), entry.place.strip()
    if not title or len(title) > 120:
        raise BadValue("title", title[:120], "1 to 120 characters that say where it hangs")
    if entry.opens in NEEDS_TARGET and not 0 < len(target) <= 120:
        raise BadValue("target", target[:120], "what it opens: a SKU, a category, words to search")
    if entry.kind in (EntryType.STORE, EntryType.TABLE) and entry.store_id is None:
        raise BadValue("store", "", "the store it belongs to")
    if entry.kind is EntryType.TABLE and not 0 < len(place) <= 40:
        raise BadValue("place", place[:40], "the table, such as 12")
    if entry.kind in (EntryType.STAFF, EntryType.COURIER) and not entry.associate:
        raise BadValue("associate", "", "the log-in name of whose code it is")
    if entry.valid_until is not None and entry.valid_until <= entry.valid_from:
        raise BadValue("valid_until", entry.valid_until.isoformat(), "later than its begin")
    return replace(entry, code=entry.code or new_code(brand_id), title=title, target=target, place=place)


SWITCH = """
    UPDATE brand_entry SET active = %(active)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND active IS DISTINCT FROM %(active)s RETURNING code
"""


def switch_entry(brand_id: UUID, entry_id: UUID, *, active: bool, by: str) -> Entry:
    """End an entry, or let it be used again; what hangs there stays the same code. NotFound for none."""
    with in_brand(brand_id):
        changed = rows(SWITCH, {"brand": brand_id, "id": entry_id, "active": active})
        found = entries_by_id(brand_id, [entry_id]).get(entry_id)
        if found is None:
            raise NotFound(f"no entry {entry_id}")
        if changed:
            subject, verb = f"entry {found.code}", "entry.open" if active else "entry.end"
            audit.record(brand=brand_id, actor=by, verb=verb, subject=subject, after={"active": active})
        return found


VISIT = """
    INSERT INTO brand_visit (brand_id, id, entry_id, visitor, at)
    VALUES (%(brand)s, %(id)s, %(entry)s, %(visitor)s, %(at)s)
"""


def record_visit(brand_id: UUID, entry_id: UUID, visitor: UUID) -> Visit:
    """Somebody came by this entry just now."""
    visit = Visit(uuid7(), entry_id, visitor, clock.now())
    with in_brand(brand_id):
        execute(VISIT, {"brand": brand_id, "id": visit.id, "entry": entry_id, "visitor": visitor, "at": visit.at})
    return visit


KNOW = """
    INSERT INTO brand_visitor (brand_id, visitor, customer_id, at)
    VALUES (%(brand)s, %(visitor)s, %(customer)s, %(now)s)
    ON CONFLICT (brand_id, visitor) DO NOTHING
"""
WHOSE = "SELECT customer_id FROM brand_visitor WHERE brand_id = %(brand)s AND visitor = %(visitor)s"


def know_visitor(brand_id: UUID, visitor: UUID, customer_id: UUID) -> bool:
    """This browser is this customer's. False when it was somebody else's before: it needs another mark."""
    key = {"brand": brand_id, "visitor": visitor, "customer": customer_id, "now": clock.now()}
    with in_brand(brand_id):
        execute(KNOW, key)
        ((whose,),) = rows(WHOSE, key)
        return bool(whose == customer_id)


FORGET = "DELETE FROM brand_visitor WHERE brand_id = %(brand)s AND customer_id = ANY(%(customers)s::uuid[])"


def forget_visitors(brand_id: UUID, customers: Sequence[UUID]) -> int:
    """From now on nobody can say whose visits they were; how many browsers were theirs."""
    with in_brand(brand_id):
        return execute(FORGET, {"brand": brand_id, "customers": list(customers)})
