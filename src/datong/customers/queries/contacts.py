"""Reads of what is known of customers beside their identities; and of records as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from datong.customers.queries.people import records_of
from datong.customers.types import Identity, IdentityKind, Outcome, Profile, SeenContact, Source
from datong.kernel.db import in_brand, rows

CONTACTS = """
    SELECT kind, value, fault, first_seen, last_seen, channel_id, customer_id FROM customers_contact
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(ids)s::uuid[]) ORDER BY last_seen DESC, kind, value LIMIT 100
"""


def contacts_of(brand_id: UUID, customer_id: UUID) -> list[SeenContact]:
    """The unverified contacts of the person a record is, the last seen first, at most 100."""
    with in_brand(brand_id):
        ids = records_of(brand_id, [customer_id]).get(customer_id, ())
        found = rows(CONTACTS, {"brand": brand_id, "ids": list(ids)})
    return [SeenContact(IdentityKind(row[0]), *row[1:]) for row in found]


PROFILES = """
    SELECT c.id, coalesce(c.head_id, c.id), c.name, coalesce(s.signs, '{}')
      FROM customers_customer c
      LEFT JOIN LATERAL (
           SELECT array_agg(ARRAY[x.kind, x.value, x.proof] ORDER BY x.kind, x.value, x.proof) AS signs
             FROM (SELECT i.kind, i.value, '1' AS proof FROM customers_identity i
                    WHERE i.brand_id = c.brand_id AND i.customer_id = c.id
                    UNION ALL
                   SELECT o.kind, o.value, '' FROM customers_contact o
                    WHERE o.brand_id = c.brand_id AND o.customer_id = c.id AND o.fault = '') x
           ) s ON true
     WHERE c.brand_id = %(brand)s AND {which}
     ORDER BY c.id LIMIT %(limit)s
"""
SOME = PROFILES.replace("{which}", "c.id = ANY(%(ids)s::uuid[])")
PAGE = PROFILES.replace("{which}", "c.id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000')")
MAX_PROFILES = 5_000


def profiles_of(brand_id: UUID, ids: Iterable[UUID]) -> list[Profile]:
    """These records as evidence, by id; one statement. An unknown one is left out."""
    with in_brand(brand_id):
        return [_profile(row) for row in rows(SOME, {"brand": brand_id, "ids": list(ids), "limit": MAX_PROFILES})]


def profiles_page(brand_id: UUID, *, after: UUID | None = None, limit: int = MAX_PROFILES) -> list[Profile]:
    """The records of a brand as evidence, a page by id; `after` is the last of the page before."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "after": after, "limit": min(limit, MAX_PROFILES)}
        return [_profile(row) for row in rows(PAGE, key)]


def _profile(row: tuple[UUID, UUID, str, list[list[str]]]) -> Profile:
    signs = (Identity(IdentityKind(kind), value, proof == "1") for kind, value, proof in row[3])
    return Profile(row[0], row[1], row[2], tuple(signs))


SETTLED = """
    SELECT a, b, outcome FROM customers_mergeproposal
     WHERE brand_id = %(brand)s AND settled_at IS NOT NULL AND settled_by NOT LIKE 'matching%%'
     ORDER BY settled_at DESC LIMIT %(limit)s
"""


def settled_pairs(brand_id: UUID, *, limit: int = 1000) -> list[tuple[UUID, UUID, Outcome]]:
    """What people made of proposals, the newest first: (a, b, outcome) with a < b. What a rule merged is left out."""
    with in_brand(brand_id):
        found = rows(SETTLED, {"brand": brand_id, "limit": min(limit, 1000)})
    return [(a, b, Outcome(outcome)) for a, b, outcome in found]


WAITING = """
    SELECT p.a, p.b FROM unnest(%(as)s::uuid[], %(bs)s::uuid[]) w(a, b)
      JOIN customers_mergeproposal p ON p.brand_id = %(brand)s AND p.a = w.a AND p.b = w.b AND p.settled_at IS NULL
"""


def open_pairs(brand_id: UUID, pairs: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Those of the pairs (a < b) that wait for a decision; one statement."""
    params = {"brand": brand_id, "as": [a for a, _ in pairs], "bs": [b for _, b in pairs]}
    with in_brand(brand_id):
        return {(a, b) for a, b in rows(WAITING, params)}


SOURCES = """
    WITH seen AS (
        SELECT coalesce(c.head_id, c.id) AS person, i.channel_id, count(DISTINCT c.id) AS records
          FROM customers_identity i JOIN customers_customer c ON c.brand_id = i.brand_id AND c.id = i.customer_id
         WHERE i.brand_id = %(brand)s GROUP BY 1, 2
    ), told AS (
        SELECT channel_id, records, count(*) OVER (PARTITION BY person) AS doors FROM seen
    )
    SELECT channel_id, sum(records)::int, count(*)::int, (count(*) FILTER (WHERE doors = 1))::int
      FROM told GROUP BY channel_id ORDER BY 3 DESC, 1 LIMIT 200
"""


def sources_of(brand_id: UUID) -> list[Source]:
    """Which doors still know people by themselves: each door with what its identities stand for; one statement.

    It reads every identity of the brand (a second for a million): for a report, not for every page.
    """
    with in_brand(brand_id):
        return [Source(*row) for row in rows(SOURCES, {"brand": brand_id})]
