"""Records written whole, as a file tells them; and what a file wrote, taken back. A constant number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from datong.customers.actions.moving.words import say_words
from datong.customers.events import CustomerCreated
from datong.customers.types.moving import Portrait, Redrawn, Sign
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Conflict
from datong.kernel.ids import uuid7, uuid7_named

OLDER = datetime(2020, 1, 1, tzinfo=UTC)
NOWHERE = UUID(int=0)
"""The channel of what came through no door."""


def record_id(brand: UUID, name: str) -> UUID:
    """The record that a file's row makes: the same for the same name, however often the file comes."""
    return uuid7_named(OLDER, brand.bytes + name.encode())


MAKE = """
    INSERT INTO customers_customer (brand_id, id, name, language, created_at)
    SELECT %(brand)s, r.id, r.name, r.language, %(now)s
      FROM unnest(%(ids)s::uuid[], %(names)s::text[], %(languages)s::text[]) r(id, name, language) ORDER BY r.id
    ON CONFLICT DO NOTHING
"""
RENAME = """
    UPDATE customers_customer c SET name = r.name, language = r.language
      FROM (SELECT l.id, n.name, n.language FROM customers_customer l
              JOIN unnest(%(ids)s::uuid[], %(names)s::text[], %(languages)s::text[]) n(id, name, language) USING (id)
             WHERE l.brand_id = %(brand)s ORDER BY l.id FOR NO KEY UPDATE OF l) r
     WHERE c.brand_id = %(brand)s AND c.id = r.id
"""
DETAILS = """
    INSERT INTO customers_details (brand_id, customer_id, kind, preferred, language, birthday, company, address, tags,
                                   legal_name, legal_id, industry, changed_at, changed_by)
    SELECT %(brand)s, d.id, d.kind, d.preferred, d.language, d.birthday, d.company, d.address, d.tags, '', '', '',
           %(now)s, %(by)s
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(preferred)s::text[], %(languages)s::text[],
                  %(birthdays)s::date[], %(companies)s::text[], %(addresses)s::text[], %(tags)s::jsonb[])
           d(id, kind, preferred, language, birthday, company, address, tags) ORDER BY d.id
    ON CONFLICT (brand_id, customer_id) DO UPDATE
       SET kind = excluded.kind, preferred = excluded.preferred, language = excluded.language,
           birthday = excluded.birthday, company = excluded.company, address = excluded.address, tags = excluded.tags,
           changed_at = excluded.changed_at, changed_by = excluded.changed_by
"""
PLAIN = ("kind", "preferred", "language", "birthday", "company", "address", "tags")


def redraw(drawn: Sequence[Redrawn], *, brand: UUID, by: str) -> None:
    """Make, change or take away records, each from what it is to what it shall be.

    Signs with a proof become verified identities, others contacts. Raises Conflict when a sign became another's.
    """
    made = [one for one in drawn if one.before is None and one.after is not None]
    kept = [(one.id, one.before, one.after) for one in drawn if one.before is not None and one.after is not None]
    gone = [(one.id, one.before) for one in drawn if one.after is None and one.before is not None]
    now = clock.now()
    with in_brand(brand):
        if made:
            execute(MAKE, {"brand": brand, "now": now, **_names((one.id, one.after) for one in made)})
        renamed = [(id, a) for id, b, a in kept if (b.name, b.language) != (a.name, a.language)]
        if renamed:
            execute(RENAME, {"brand": brand, **_names(renamed)})
        told = [(one.id, one.after) for one in made] + [(id, a) for id, b, a in kept if _plain(b) != _plain(a)]
        if told:
            execute(DETAILS, {"brand": brand, "now": now, "by": by[:120], **_details(told)})
        pairs = [(one.id, Portrait(), one.after) for one in made if one.after is not None] + kept
        pairs += [(id, b, Portrait()) for id, b in gone]
        _signs(pairs, brand, now)
        _notes(pairs, brand, by, now)
        say_words(pairs, brand=brand, by=by)
        if gone:
            for statement in TAKE_AWAY:
                execute(statement, {"brand": brand, "ids": [id for id, _ in gone]})
        outbox.emit(*(CustomerCreated(one.id, NOWHERE) for one in made))


def _plain(portrait: Portrait) -> list[object]:
    return [getattr(portrait, name) for name in PLAIN]


def _names(told: Iterable[tuple[UUID, Portrait | None]]) -> dict[str, list[object]]:
    found = [(id, portrait) for id, portrait in told if portrait is not None]
    return {
        "ids": [id for id, _ in found],
        "names": [portrait.name[:200] for _, portrait in found],
        "languages": [portrait.language for _, portrait in found],
    }


def _details(told: Iterable[tuple[UUID, Portrait | None]]) -> dict[str, list[object]]:
    found = [(id, portrait) for id, portrait in told if portrait is not None]
    return {
        "ids": [id for id, _ in found],
        "kinds": [p.kind.value for _, p in found],
        "preferred": [p.preferred.value if p.preferred else "" for _, p in found],
        "languages": [p.language for _, p in found],
        "birthdays": [p.birthday for _, p in found],
        "companies": [p.company[:200] for _, p in found],
        "addresses": [p.address[:500] for _, p in found],
        "tags": [msgspec.json.encode(p.tags).decode() for _, p in found],
    }


Pair = tuple[UUID, Portrait, Portrait]
CLAIM = """
    INSERT INTO customers_identity (brand_id, kind, value, customer_id, first_seen, last_seen, channel_id, proof)
    SELECT %(brand)s, s.kind, s.value, s.id, %(now)s, %(now)s, %(nowhere)s, s.proof
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::text[], %(proofs)s::text[]) s(id, kind, value, proof)
     ORDER BY s.kind, s.value
    ON CONFLICT (brand_id, kind, value) DO NOTHING
"""
OTHERS = """
    SELECT i.value FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::text[]) s(id, kind, value)
      JOIN customers_identity i ON i.brand_id = %(brand)s AND i.kind = s.kind AND i.value = s.value
     WHERE i.customer_id <> s.id LIMIT 1
"""
KEEP = """
    INSERT INTO customers_contact (brand_id, customer_id, kind, value, fault, first_seen, last_seen, channel_id)
    SELECT %(brand)s, s.id, s.kind, s.value, s.fault, %(now)s, %(now)s, %(nowhere)s
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::text[], %(faults)s::text[]) s(id, kind, value, fault)
     ORDER BY s.id, s.kind, s.value
    ON CONFLICT (brand_id, customer_id, kind, value) DO NOTHING
"""
LET_GO = """
    DELETE FROM customers_identity i
     USING unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::text[]) s(id, kind, value)
     WHERE i.brand_id = %(brand)s AND i.kind = s.kind AND i.value = s.value AND i.customer_id = s.id
"""
DROP = """
    DELETE FROM customers_contact o
     USING unnest(%(ids)s::uuid[], %(kinds)s::text[], %(values)s::text[]) s(id, kind, value)
     WHERE o.brand_id = %(brand)s AND o.customer_id = s.id AND o.kind = s.kind AND o.value = s.value
"""


def _signs(pairs: Sequence[Pair], brand: UUID, now: datetime) -> None:
    more = [(id, sign) for id, b, a in pairs for sign in a.signs if not _has(b, sign)]
    less = [(id, sign) for id, b, a in pairs for sign in b.signs if not _has(a, sign)]
    base = {"brand": brand, "now": now, "nowhere": NOWHERE}
    if gone := [one for one in less if one[1].proof]:
        execute(LET_GO, {**base, **_columns(gone)})
    if gone := [one for one in less if not one[1].proof]:
        execute(DROP, {**base, **_columns(gone)})
    if proven := [one for one in more if one[1].proof]:
        columns = _columns(proven)
        execute(CLAIM, {**base, **columns})
        if other := rows(OTHERS, {**base, **columns}):
            raise Conflict(f"{other[0][0]} has become another customer's at this moment")
    if contacts := [one for one in more if not one[1].proof]:
        execute(KEEP, {**base, **_columns(contacts)})


def _has(portrait: Portrait, sign: Sign) -> bool:
    return any((s.kind, s.value, bool(s.proof)) == (sign.kind, sign.value, bool(sign.proof)) for s in portrait.signs)


def _columns(signs: Sequence[tuple[UUID, Sign]]) -> dict[str, list[object]]:
    return {
        "ids": [id for id, _ in signs],
        "kinds": [sign.kind.value for _, sign in signs],
        "values": [sign.value for _, sign in signs],
        "proofs": [sign.proof[:200] for _, sign in signs],
        "faults": [sign.fault[:80] for _, sign in signs],
    }


NOTE = """
    INSERT INTO customers_touch (brand_id, id, customer_id, kind, text, by, at, due, done_at, done_by, doer)
    SELECT %(brand)s, n.note, n.id, 'note', n.text, %(by)s, %(now)s, NULL, NULL, '', ''
      FROM unnest(%(notes)s::uuid[], %(ids)s::uuid[], %(texts)s::text[]) n(note, id, text)
"""
UNNOTE = """
    DELETE FROM customers_touch t USING unnest(%(ids)s::uuid[], %(texts)s::text[]) n(id, text)
     WHERE t.brand_id = %(brand)s AND t.customer_id = n.id AND t.kind = 'note' AND t.text = n.text
"""


def _notes(pairs: Sequence[Pair], brand: UUID, by: str, now: datetime) -> None:
    more = [(id, text) for id, b, a in pairs for text in a.notes if text not in b.notes]
    less = [(id, text) for id, b, a in pairs for text in b.notes if text not in a.notes]
    for statement, notes in ((UNNOTE, less), (NOTE, more)):
        if notes:
            key = {"ids": [id for id, _ in notes], "texts": [text for _, text in notes]}
            execute(statement, {"brand": brand, "by": by[:120], "now": now, "notes": [uuid7() for _ in notes], **key})


TAKE_AWAY = (
    "DELETE FROM customers_details WHERE brand_id = %(brand)s AND customer_id = ANY(%(ids)s::uuid[])",
    "DELETE FROM customers_saying WHERE brand_id = %(brand)s AND customer_id = ANY(%(ids)s::uuid[])",
    """
    DELETE FROM customers_mergeproposal
     WHERE brand_id = %(brand)s AND (a = ANY(%(ids)s::uuid[]) OR b = ANY(%(ids)s::uuid[]))
    """,
    "DELETE FROM customers_customer WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])",
)
