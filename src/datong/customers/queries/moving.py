"""Reads for files of other systems: whose signs are, whom they may be, records whole, what was done with them since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from datong.customers.rules import Key
from datong.customers.types.bonds import CustomerKind
from datong.customers.types.moving import CardNow, Owner, Portrait, Sign, Word
from datong.customers.types.people import IdentityKind, Means, Purpose, Said
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import time_of

UNDONE = "import undone"
"""The source of a word by which an import is taken back: nothing was said."""
MANY = 5
"""A sign that more records share than this is nobody's: a switchboard, a shop's own phone."""

OWNERS = """
    SELECT i.kind, i.value, i.customer_id, coalesce(c.head_id, c.id), c.name, i.first_seen
      FROM unnest(%(kinds)s::text[], %(values)s::text[]) k(kind, value)
      JOIN customers_identity i ON i.brand_id = %(brand)s AND i.kind = k.kind AND i.value = k.value
      JOIN customers_customer c ON c.brand_id = %(brand)s AND c.id = i.customer_id
"""


def owners_of_signs(brand_id: UUID, keys: Collection[Key]) -> dict[Key, Owner]:
    """Whose each verified sign is; one statement."""
    if not keys:
        return {}
    with in_brand(brand_id):
        found = rows(OWNERS, _keys(brand_id, keys))
    return {(kind, value): Owner(*rest) for kind, value, *rest in found}


SHARED = """
    SELECT k.kind, k.value, s.customer_id, s.head_id, s.name
      FROM unnest(%(kinds)s::text[], %(values)s::text[]) k(kind, value)
     CROSS JOIN LATERAL (
           SELECT c.id AS customer_id, coalesce(c.head_id, c.id) AS head_id, c.name
             FROM (SELECT i.customer_id FROM customers_identity i
                    WHERE i.brand_id = %(brand)s AND i.kind = k.kind AND i.value = k.value
                   UNION
                   (SELECT o.customer_id FROM customers_contact o
                     WHERE o.brand_id = %(brand)s AND o.kind = k.kind AND o.value = k.value AND o.fault = ''
                     LIMIT %(many)s)) m
             JOIN customers_customer c ON c.brand_id = %(brand)s AND c.id = m.customer_id
            ORDER BY c.id LIMIT %(many)s) s
"""


def sharers_of_signs(brand_id: UUID, keys: Collection[Key]) -> dict[Key, list[tuple[UUID, UUID, str]]]:
    """(record, head, name) of whoever has each sign, verified or not; what too many have is left out. One statement."""
    if not keys:
        return {}
    found: dict[Key, list[tuple[UUID, UUID, str]]] = {}
    with in_brand(brand_id):
        for kind, value, *who in rows(SHARED, {**_keys(brand_id, keys), "many": MANY + 1}):
            found.setdefault((kind, value), []).append((who[0], who[1], who[2]))
    return {key: shared for key, shared in found.items() if len(shared) <= MANY}


PORTRAITS = """
    SELECT c.id, c.name, coalesce(nullif(d.language, ''), c.language),
           coalesce(d.kind, 'person'), coalesce(d.company, ''), d.birthday, coalesce(d.address, ''),
           nullif(d.preferred, ''), coalesce(d.tags, '[]')::text, s.signs, n.notes, w.words::text
      FROM customers_customer c
      LEFT JOIN customers_details d ON d.brand_id = c.brand_id AND d.customer_id = c.id
      LEFT JOIN LATERAL (
           SELECT array_agg(ARRAY[x.kind, x.value, x.proof, x.fault]) AS signs
             FROM (SELECT kind, value, coalesce(nullif(proof, ''), 'door') AS proof, '' AS fault FROM customers_identity
                    WHERE brand_id = c.brand_id AND customer_id = c.id
                   UNION ALL
                   SELECT kind, value, '', fault FROM customers_contact
                    WHERE brand_id = c.brand_id AND customer_id = c.id LIMIT 500) x) s ON true
      LEFT JOIN LATERAL (
           SELECT array_agg(t.text) AS notes FROM customers_touch t
            WHERE t.brand_id = c.brand_id AND t.customer_id = c.id AND t.kind = 'note') n ON true
      LEFT JOIN LATERAL (
           SELECT json_agg(json_build_array(l.purpose, l.means, l.said, l.at, l.source, l.proof)) AS words
             FROM (SELECT DISTINCT ON (purpose, means) purpose, means, said, at, source, proof FROM customers_consent
                    WHERE brand_id = c.brand_id AND customer_id = c.id ORDER BY purpose, means, id DESC) l) w ON true
     WHERE c.brand_id = %(brand)s AND c.id = ANY(%(ids)s::uuid[])
"""


def portraits(brand_id: UUID, ids: Collection[UUID]) -> dict[UUID, Portrait]:
    """These records whole, those that there are; one statement."""
    if not ids:
        return {}
    with in_brand(brand_id):
        found = rows(PORTRAITS, {"brand": brand_id, "ids": list(ids)})
    return {row[0]: _portrait(row[1:]) for row in found}


def _portrait(row: Sequence[Any]) -> Portrait:
    name, language, kind, company, birthday, address, preferred, tags, signs, notes, words = row
    said = msgspec.json.decode(words, type=list[tuple[Purpose, Means, Said, datetime, str, str]]) if words else []
    return Portrait(
        name=name,
        kind=CustomerKind(kind),
        company=company,
        birthday=birthday,
        address=address,
        language=language,
        preferred=Means(preferred) if preferred else None,
        tags=tuple(msgspec.json.decode(tags)),
        signs=tuple(sorted((Sign(IdentityKind(sign[0]), *sign[1:]) for sign in signs or ()), key=_order)),
        notes=tuple(sorted(set(notes or ()))),
        words=tuple(sorted((Word(*one) for one in said if one[4] != UNDONE), key=lambda w: (w.purpose, w.means))),
    )


def _order(sign: Sign) -> tuple[str, str, bool]:
    return sign.kind.value, sign.value, not sign.proof


DEALT = """
    SELECT x.id FROM unnest(%(ids)s::uuid[]) x(id)
     WHERE EXISTS (SELECT 1 FROM customers_merge m WHERE m.brand_id = %(brand)s AND m.undone_at IS NULL
                      AND (m.a = x.id OR m.b = x.id))
        OR EXISTS (SELECT 1 FROM customers_card k WHERE k.brand_id = %(brand)s AND k.customer_id = x.id)
        OR EXISTS (SELECT 1 FROM customers_step s WHERE s.brand_id = %(brand)s AND s.customer_id = x.id)
        OR EXISTS (SELECT 1 FROM customers_datarequest r WHERE r.brand_id = %(brand)s AND r.customer_id = x.id)
        OR EXISTS (SELECT 1 FROM customers_bond b WHERE b.brand_id = %(brand)s
                      AND (b.customer_id = x.id OR b.other_id = x.id))
        OR EXISTS (SELECT 1 FROM customers_pin p WHERE p.brand_id = %(brand)s AND p.customer_id = x.id)
        OR EXISTS (SELECT 1 FROM customers_keeping k WHERE k.brand_id = %(brand)s AND k.customer_id = x.id)
        OR EXISTS (SELECT 1 FROM customers_touch t WHERE t.brand_id = %(brand)s AND t.customer_id = x.id
                      AND t.kind <> 'note')
"""


def dealt_with(brand_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those of the records that something of this module stands on: a merge, card, step, request, pin, bond, touch."""
    with in_brand(brand_id):
        return {one for (one,) in rows(DEALT, {"brand": brand_id, "ids": list(ids)})}


LAST_WORDS = """
    SELECT DISTINCT ON (customer_id, purpose, means) customer_id, purpose, means, id FROM customers_consent
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(ids)s::uuid[]) ORDER BY customer_id, purpose, means, id DESC
"""


def last_words(brand_id: UUID, ids: Collection[UUID]) -> dict[tuple[UUID, str, str], datetime]:
    """When the latest entry of each record, purpose and means was made, by its id; one statement."""
    with in_brand(brand_id):
        found = rows(LAST_WORDS, {"brand": brand_id, "ids": list(ids)})
    return {(one, purpose, means): time_of(id) for one, purpose, means, id in found}


CARDS = """
    SELECT c.id, c.customer_id, c.number, c.state, c.expires_at,
           c.changed_at <> c.issued_at OR EXISTS (
               SELECT 1 FROM customers_cardkey k WHERE k.brand_id = c.brand_id AND k.card_id = c.id)
      FROM customers_card c WHERE c.brand_id = %(brand)s AND c.number = ANY(%(numbers)s::text[])
"""


def cards_by_number(brand_id: UUID, numbers: Collection[str]) -> dict[str, CardNow]:
    """These cards, those that there are; one statement."""
    with in_brand(brand_id):
        found = rows(CARDS, {"brand": brand_id, "numbers": list(numbers)})
    return {row[2]: CardNow(*row) for row in found}


PAGE = """
    SELECT id FROM customers_customer
     WHERE brand_id = %(brand)s AND head_id IS NULL AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
     ORDER BY id DESC LIMIT %(limit)s
"""


def heads_page(brand_id: UUID, *, before: UUID | None = None, limit: int = 1000) -> list[UUID]:
    """A page of the people of a brand, a record (the head) each, the newest first."""
    with in_brand(brand_id):
        return [one for (one,) in rows(PAGE, {"brand": brand_id, "before": before, "limit": min(limit, 5000)})]


def _keys(brand_id: UUID, keys: Collection[Key]) -> dict[str, object]:
    return {"brand": brand_id, "kinds": [kind for kind, _ in keys], "values": [value for _, value in keys]}
