"""Reads of customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from datong.customers.types import (
    Customer,
    CustomerHit,
    CustomerPage,
    Identity,
    IdentityKind,
    Merge,
    SeenIdentity,
    Touch,
    TouchKind,
)
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound

MAX_HITS = 100

CUSTOMER = "SELECT name, language, created_at FROM customers_customer WHERE brand_id = %(brand)s AND id = %(id)s"
IDENTITIES = """
    SELECT kind, value, first_seen, last_seen, channel_id FROM customers_identity
     WHERE brand_id = %(brand)s AND customer_id = %(id)s ORDER BY last_seen DESC, kind, value
"""
PROPOSALS = """
    SELECT keep, CASE WHEN keep = a THEN b ELSE a END, kind, value FROM customers_mergeproposal
     WHERE brand_id = %(brand)s AND settled_at IS NULL AND (a = %(id)s OR b = %(id)s) ORDER BY at, a, b
"""


def customer_page(brand_id: UUID, customer_id: UUID) -> CustomerPage:
    """Everything known of one customer, three statements; NotFound when the brand has no such customer."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "id": customer_id}
        found = rows(CUSTOMER, key)
        if not found:
            raise NotFound(f"no customer {customer_id}")
        name, language, created_at = found[0]
        return CustomerPage(
            id=customer_id,
            name=name,
            language=language,
            created_at=created_at,
            identities=tuple(SeenIdentity(IdentityKind(row[0]), *row[1:]) for row in rows(IDENTITIES, key)),
            proposals=tuple(_merge(row) for row in rows(PROPOSALS, key)),
        )


OF_MANY = """
    SELECT c.id, c.name, i.kind, i.value
      FROM customers_customer c LEFT JOIN customers_identity i ON i.brand_id = c.brand_id AND i.customer_id = c.id
     WHERE c.brand_id = %(brand)s AND c.id = ANY(%(ids)s::uuid[])
     ORDER BY c.id, i.kind, i.value
"""


def customers_by_id(brand_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Customer]:
    """These customers with their identities, those that exist; one statement."""
    names: dict[UUID, str] = {}
    identities: dict[UUID, list[Identity]] = {}
    with in_brand(brand_id):
        for customer_id, name, kind, value in rows(OF_MANY, {"brand": brand_id, "ids": list(ids)}):
            names[customer_id] = name
            shown = identities.setdefault(customer_id, [])
            if kind is not None:
                shown.append(Identity(IdentityKind(kind), value, True))
    return {
        customer_id: Customer(customer_id, name, tuple(identities[customer_id])) for customer_id, name in names.items()
    }


SEARCH = """
    SELECT h.id, c.name, h.matched
      FROM customers_search(%(pattern)s, %(limit)s) h
      JOIN customers_customer c ON c.brand_id = %(brand)s AND c.id = h.id
     ORDER BY h.id DESC
"""


def search_customers(brand_id: UUID, text: str, *, limit: int = 20) -> list[CustomerHit]:
    """Customers with `text` (two characters at least) in a verified identity or the name; the newest first."""
    text = " ".join(text.split())
    if len(text) < 2 or not text.isprintable():
        return []
    pattern = f"%{text.translate(_LITERAL)}%"
    with in_brand(brand_id):
        found = rows(SEARCH, {"brand": brand_id, "pattern": pattern, "limit": min(limit, MAX_HITS)})
    return [CustomerHit(*row) for row in found]


_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})

OPEN = """
    SELECT keep, CASE WHEN keep = a THEN b ELSE a END, kind, value FROM customers_mergeproposal
     WHERE brand_id = %(brand)s AND settled_at IS NULL ORDER BY at, a, b LIMIT %(limit)s
"""


def merge_proposals(brand_id: UUID, *, limit: int = 100) -> list[Merge]:
    """Proposals that wait for a person, the oldest first."""
    with in_brand(brand_id):
        return [_merge(row) for row in rows(OPEN, {"brand": brand_id, "limit": limit})]


def _merge(row: tuple[Any, ...]) -> Merge:
    keep, other, kind, value = row
    return Merge(keep, other, Identity(IdentityKind(kind), value, True))


LATEST = """
    SELECT id, name, '' FROM customers_customer
     WHERE brand_id = %(brand)s AND (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s
"""


def latest_customers(brand_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[CustomerHit]:
    """A page of customers, the newest first; `before` is the last of the page before."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "before": before, "limit": min(limit, MAX_HITS)}
        return [CustomerHit(*row) for row in rows(LATEST, key)]


TOUCHES = """
    SELECT id, customer_id, kind, text, by, at, due, done_at, done_by FROM customers_touch
     WHERE brand_id = %(brand)s AND customer_id = %(customer)s ORDER BY id DESC LIMIT %(limit)s
"""
DUE = """
    SELECT id, customer_id, kind, text, by, at, due, done_at, done_by FROM customers_touch
     WHERE brand_id = %(brand)s AND due <= %(day)s AND done_at IS NULL ORDER BY due, id LIMIT %(limit)s
"""


def touches_of(brand_id: UUID, customer_id: UUID, *, limit: int = 100) -> list[Touch]:
    """What was done, offered or is to be done for a customer, the newest first."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "customer": customer_id, "limit": min(limit, 500)}
        return [_touch(row) for row in rows(TOUCHES, key)]


def due_touches(brand_id: UUID, day: date, *, limit: int = 100) -> list[Touch]:
    """What is to be done by this day and is not, the longest due first."""
    with in_brand(brand_id):
        return [_touch(row) for row in rows(DUE, {"brand": brand_id, "day": day, "limit": min(limit, 500)})]


def _touch(row: tuple[Any, ...]) -> Touch:
    return Touch(row[0], row[1], TouchKind(row[2]), *row[3:])
