"""Reads of customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import json

from datong.customers.queries.golden import golden_names, golden_of
from datong.customers.types import (
    Consent,
    Customer,
    CustomerHit,
    CustomerPage,
    Field,
    Identity,
    IdentityKind,
    Means,
    Merge,
    Proposal,
    Purpose,
    Record,
    Said,
    SeenIdentity,
    Touch,
    TouchKind,
)
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound

MAX_HITS = 100

PEOPLE = """
    SELECT asked.id, c.id FROM customers_customer asked
      JOIN customers_customer c ON c.brand_id = asked.brand_id
       AND (c.id = coalesce(asked.head_id, asked.id) OR c.head_id = coalesce(asked.head_id, asked.id))
     WHERE asked.brand_id = %(brand)s AND asked.id = ANY(%(ids)s::uuid[]) ORDER BY c.created_at, c.id
"""


_remembered: ContextVar[dict[tuple[UUID, UUID], tuple[UUID, ...]] | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering_records() -> Iterator[None]:
    """Within it the records of a person are read once, however many ask: for a page that only reads."""
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def records_of(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """All records of the person that each of these records is, the head first; an unknown one has no entry."""
    asked, known = list(ids), _remembered.get()
    if known is None:
        return _records(brand_id, asked)
    if any((brand_id, one) not in known for one in asked):
        known |= {(brand_id, one): some for one, some in _records(brand_id, asked).items()}
    return {one: known[brand_id, one] for one in asked if (brand_id, one) in known}


def _records(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    found: dict[UUID, tuple[UUID, ...]] = {}
    with in_brand(brand_id):
        for asked, record in rows(PEOPLE, {"brand": brand_id, "ids": list(ids)}):
            found[asked] = (*found.get(asked, ()), record)
    return found


RECORDS = """
    SELECT id, name, created_at FROM customers_customer
     WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[]) ORDER BY created_at, id
"""
IDENTITIES = """
    SELECT kind, value, first_seen, last_seen, channel_id, customer_id, proof FROM customers_identity
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(ids)s::uuid[]) ORDER BY last_seen DESC, kind, value
"""
PROPOSALS = """
    SELECT keep, CASE WHEN keep = a THEN b ELSE a END, kind, value FROM customers_mergeproposal
     WHERE brand_id = %(brand)s AND settled_at IS NULL AND (a = ANY(%(ids)s::uuid[]) OR b = ANY(%(ids)s::uuid[]))
     ORDER BY at, a, b
"""
MERGE_COLUMNS = "id, a, b, reason, evidence::text, by, at, undone_at, undone_by, undone_reason"
MERGES = f"""
    SELECT {MERGE_COLUMNS} FROM customers_merge
     WHERE brand_id = %(brand)s AND (a = ANY(%(ids)s::uuid[]) OR b = ANY(%(ids)s::uuid[])) ORDER BY id DESC
"""  # noqa: S608  constants only


def customer_page(brand_id: UUID, customer_id: UUID) -> CustomerPage:
    """Everything known of the person a record is, seven statements; NotFound when the brand has no such record."""
    with in_brand(brand_id):
        ids = records_of(brand_id, [customer_id]).get(customer_id)
        if ids is None:
            raise NotFound(f"no customer {customer_id}")
        key = {"brand": brand_id, "ids": list(ids)}
        records = tuple(Record(*row) for row in rows(RECORDS, key))
        golden = golden_of(brand_id, [customer_id])[customer_id]
        return CustomerPage(
            id=ids[0],
            name=golden.text(Field.NAME),
            language=golden.text(Field.LANGUAGE),
            created_at=records[0].created_at,
            records=records,
            identities=tuple(SeenIdentity(IdentityKind(row[0]), *row[1:]) for row in rows(IDENTITIES, key)),
            proposals=tuple(_proposal(row) for row in rows(PROPOSALS, key)),
            merges=tuple(merge_of(row) for row in rows(MERGES, key)),
            golden=golden,
        )


def merge_of(row: Sequence[object]) -> Merge:
    """A row of MERGE_COLUMNS."""
    values = list(row)
    values[4] = json.decode(str(values[4]), type=tuple[Identity, ...])
    return Merge(*values)  # type: ignore[arg-type]


OF_MANY = """
    SELECT c.id, i.kind, i.value
      FROM customers_customer c LEFT JOIN customers_identity i ON i.brand_id = c.brand_id AND i.customer_id = c.id
     WHERE c.brand_id = %(brand)s AND c.id = ANY(%(ids)s::uuid[])
     ORDER BY c.id, i.kind, i.value
"""


def customers_by_id(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """These records by the name of the person, with their own identities; those that exist. Three statements."""
    asked = list(set(ids))
    identities: dict[UUID, list[Identity]] = {}
    with in_brand(brand_id):
        names = golden_names(brand_id, asked)
        for customer_id, kind, value in rows(OF_MANY, {"brand": brand_id, "ids": asked}):
            shown = identities.setdefault(customer_id, [])
            if kind is not None:
                shown.append(Identity(IdentityKind(kind), value, True))
    return {
        customer_id: Customer(customer_id, names.get(customer_id, ""), tuple(shown))
        for customer_id, shown in identities.items()
    }


SEARCH = """
    SELECT * FROM (
        SELECT DISTINCT ON (p.id) p.id, p.name, h.matched
          FROM customers_search(%(pattern)s, %(limit)s) h
          JOIN customers_customer c ON c.brand_id = %(brand)s AND c.id = h.id
          JOIN customers_customer p ON p.brand_id = %(brand)s AND p.id = coalesce(c.head_id, c.id)
         ORDER BY p.id, h.id) person
     ORDER BY id DESC
"""


def search_customers(brand_id: UUID, text: str, *, limit: int = 20) -> list[CustomerHit]:
    """Customers with `text` (two characters at least) in a verified identity or the name; the newest first."""
    text = " ".join(text.split())
    if len(text) < 2 or not text.isprintable():
        return []
    pattern = f"%{text.translate(_LITERAL)}%"
    with in_brand(brand_id):
        found = rows(SEARCH, {"brand": brand_id, "pattern": pattern, "limit": min(limit, MAX_HITS)})
        return _called(brand_id, [CustomerHit(*row) for row in found])


def _called(brand_id: UUID, hits: list[CustomerHit]) -> list[CustomerHit]:
    names = golden_names(brand_id, [hit.id for hit in hits])
    return [replace(hit, name=names.get(hit.id, hit.name)) for hit in hits]


_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})

OPEN = """
    SELECT keep, CASE WHEN keep = a THEN b ELSE a END, kind, value FROM customers_mergeproposal
     WHERE brand_id = %(brand)s AND settled_at IS NULL ORDER BY at, a, b LIMIT %(limit)s
"""


def merge_proposals(brand_id: UUID, *, limit: int = 100) -> list[Proposal]:
    """Proposals that wait for a person, the oldest first."""
    with in_brand(brand_id):
        return [_proposal(row) for row in rows(OPEN, {"brand": brand_id, "limit": limit})]


COUNT = """
    SELECT count(*)::int FROM (SELECT 1 FROM customers_mergeproposal
                                WHERE brand_id = %(brand)s AND settled_at IS NULL LIMIT %(limit)s) open
"""


def count_proposals(brand_id: UUID, *, limit: int = 1000) -> int:
    """How many proposals wait, counted up to a limit."""
    with in_brand(brand_id):
        ((count,),) = rows(COUNT, {"brand": brand_id, "limit": limit})
        return int(count)


def _proposal(row: tuple[Any, ...]) -> Proposal:
    keep, other, kind, value = row
    return Proposal(keep, other, Identity(IdentityKind(kind), value, True) if kind else None)


LATEST = """
    SELECT id, name, '' FROM customers_customer
     WHERE brand_id = %(brand)s AND head_id IS NULL AND (%(before)s::uuid IS NULL OR id < %(before)s)
     ORDER BY id DESC LIMIT %(limit)s
"""


def latest_customers(brand_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[CustomerHit]:
    """A page of customers, a line a person, the newest first; `before` is the last of the page before."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "before": before, "limit": min(limit, MAX_HITS)}
        return _called(brand_id, [CustomerHit(*row) for row in rows(LATEST, key)])


KNOWN = "SELECT id FROM customers_customer WHERE brand_id = %(brand)s AND id = ANY(%(ids)s::uuid[])"


def known_customers(brand_id: UUID, ids: Iterable[UUID]) -> set[UUID]:
    """Those of the records that the brand has; one statement."""
    with in_brand(brand_id):
        return {one for (one,) in rows(KNOWN, {"brand": brand_id, "ids": list(ids)})}


TOUCHES = """
    SELECT id, customer_id, kind, text, by, at, due, done_at, done_by, doer FROM customers_touch
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY id DESC LIMIT %(limit)s
"""
DUE = """
    SELECT id, customer_id, kind, text, by, at, due, done_at, done_by, doer FROM customers_touch
     WHERE brand_id = %(brand)s AND due <= %(day)s AND done_at IS NULL
       AND (%(doer)s::text IS NULL OR doer IN ('', %(doer)s)) ORDER BY due, id LIMIT %(limit)s
"""


def touches_of(brand_id: UUID, customer_id: UUID, *, limit: int = 100) -> list[Touch]:
    """What was done, offered or is to be done for a customer, by whichever of the records, the newest first."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, ())
        key = {"brand": brand_id, "records": list(records), "limit": min(limit, 500)}
        return [_touch(row) for row in rows(TOUCHES, key)]


def due_touches(brand_id: UUID, day: date, *, doer: str | None = None, limit: int = 100) -> list[Touch]:
    """What is to be done by this day and is not, the longest due first; of `doer` and of nobody in particular."""
    with in_brand(brand_id):
        return [
            _touch(row) for row in rows(DUE, {"brand": brand_id, "day": day, "doer": doer, "limit": min(limit, 500)})
        ]


def _touch(row: tuple[Any, ...]) -> Touch:
    return Touch(row[0], row[1], TouchKind(row[2]), *row[3:])


SAID_COLUMNS = "id, customer_id, purpose, means, said, at, source, text_version, by, proof"
LATEST_SAID = f"""
    SELECT DISTINCT ON (purpose, means) {SAID_COLUMNS} FROM customers_consent
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY purpose, means, id DESC
"""  # noqa: S608  constants only
ALL_SAID = f"""
    SELECT {SAID_COLUMNS} FROM customers_consent
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608


def consents_of(brand_id: UUID, customer_id: UUID) -> list[Consent]:
    """What holds for the person now: the latest word on each purpose and means, by whichever record it came."""
    return _said(LATEST_SAID, brand_id, customer_id, 0)


def consent_history(brand_id: UUID, customer_id: UUID, *, limit: int = 100) -> list[Consent]:
    """Every word of the person on consent, the newest first: the proof."""
    return _said(ALL_SAID, brand_id, customer_id, min(limit, 500))


def _said(sql: str, brand_id: UUID, customer_id: UUID, limit: int) -> list[Consent]:
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, ())
        found = rows(sql, {"brand": brand_id, "records": list(records), "limit": limit})
    return [Consent(row[0], row[1], Purpose(row[2]), Means(row[3]), Said(row[4]), *row[5:]) for row in found]


MAY = """
    SELECT asked.id
      FROM customers_customer asked
     CROSS JOIN LATERAL (
           SELECT s.said FROM customers_customer c
             JOIN customers_consent s ON s.brand_id = c.brand_id AND s.customer_id = c.id
              AND s.purpose = %(purpose)s AND s.means = %(means)s
            WHERE c.brand_id = asked.brand_id
              AND (c.id = coalesce(asked.head_id, asked.id) OR c.head_id = coalesce(asked.head_id, asked.id))
            ORDER BY s.id DESC LIMIT 1) latest
     WHERE asked.brand_id = %(brand)s AND asked.id = ANY(%(ids)s::uuid[]) AND latest.said = 'given'
"""


def who_agrees(brand_id: UUID, ids: Iterable[UUID], purpose: Purpose, means: Means) -> set[UUID]:
    """Those of the customers who may be reached for this purpose by this means; nothing said is no. One statement."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "ids": list(ids), "purpose": purpose.value, "means": means.value}
        return {one for (one,) in rows(MAY, key)}
