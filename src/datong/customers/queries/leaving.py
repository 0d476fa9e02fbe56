"""Reads for files that leave: all cards, and the signs by which another system finds a person."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from datong.customers.queries.people import records_of
from datong.customers.types.moving import CardNow
from datong.customers.types.people import IdentityKind
from datong.kernel.db import in_brand, rows

PAGE = 1_000
SIGNS = """
    SELECT customer_id, kind, value FROM customers_identity
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(ids)s::uuid[]) AND kind = ANY(%(kinds)s::text[])
     ORDER BY customer_id, kind, value
"""
FOUND_BY = (IdentityKind.MEMBER, IdentityKind.PHONE, IdentityKind.EMAIL, IdentityKind.CARD)
"""In this order: the first that a person has tells who it is."""


def signs_of(brand_id: UUID, ids: Collection[UUID]) -> dict[UUID, tuple[IdentityKind, str]]:
    """One verified sign of the person that each record is, the member number before phone, e-mail and card: one
    that stands in an export of people or cards. Who has none is absent. Two statements."""
    records = records_of(brand_id, ids)
    wanted = {record for some in records.values() for record in some}
    of: dict[UUID, list[tuple[IdentityKind, str]]] = {}
    with in_brand(brand_id):
        kinds = [kind.value for kind in FOUND_BY]
        for record, kind, value in rows(SIGNS, {"brand": brand_id, "ids": list(wanted), "kinds": kinds}):
            of.setdefault(record, []).append((IdentityKind(kind), value))
    found: dict[UUID, tuple[IdentityKind, str]] = {}
    for one, some in records.items():
        signs = [sign for record in some for sign in of.get(record, ())]
        if signs:
            found[one] = min(signs, key=lambda sign: FOUND_BY.index(sign[0]))  # the first of its kind
    return found


CARDS = """
    SELECT c.id, c.customer_id, c.number, c.state, c.expires_at FROM customers_card c
     WHERE c.brand_id = %(brand)s AND (%(after)s::uuid IS NULL OR c.id > %(after)s::uuid) ORDER BY c.id LIMIT %(limit)s
"""


def all_cards(brand_id: UUID) -> Iterator[list[CardNow]]:
    """Every card that was issued, the oldest first, in pages; a statement each. `used` is not looked up."""
    after: UUID | None = None
    while True:
        with in_brand(brand_id):
            found = [CardNow(*row) for row in rows(CARDS, {"brand": brand_id, "after": after, "limit": PAGE})]
        if found:
            yield found
        if len(found) < PAGE:
            return
        after = found[-1].id
