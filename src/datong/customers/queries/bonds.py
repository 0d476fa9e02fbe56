"""Reads of what customers are, whom they belong with, who looks after them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import json

from datong.customers.queries.golden import golden_names
from datong.customers.queries.people import records_of
from datong.customers.types import Bond, BondKind, CustomerKind, Details, Keeping, Kept, Means, Portfolio
from datong.kernel.db import in_brand, rows

PROFILE = """
    SELECT customer_id, kind, legal_name, legal_id, industry, preferred, language, birthday, company, address,
           tags::text, changed_at, changed_by
      FROM customers_details
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY changed_at DESC LIMIT 1
"""


def details_of(brand_id: UUID, customer_id: UUID) -> Details:
    """What the person or organisation is: the latest of their records' profiles, a person when none was written."""
    with in_brand(brand_id):
        found = rows(PROFILE, _key(brand_id, customer_id))
    if not found:
        return Details(customer_id)
    row = found[0]
    preferred = Means(row[5]) if row[5] else None
    language, birthday, company, address, tags, changed_at, changed_by = row[6:]
    return Details(
        customer_id=row[0],
        kind=CustomerKind(row[1]),
        legal_name=row[2],
        legal_id=row[3],
        industry=row[4],
        preferred=preferred,
        language=language,
        birthday=birthday,
        company=company,
        address=address,
        tags=tuple(json.decode(tags)),
        changed_at=changed_at,
        changed_by=changed_by,
    )


BOND_COLUMNS = "id, kind, customer_id, other_id, role, since, by, ended_at, ended_by"
BONDS = f"""
    SELECT {BOND_COLUMNS} FROM customers_bond
     WHERE brand_id = %(brand)s AND ended_at IS NULL
       AND (customer_id = ANY(%(records)s::uuid[]) OR other_id = ANY(%(records)s::uuid[])) ORDER BY id LIMIT 200
"""  # noqa: S608  constants only


def bonds_of(brand_id: UUID, customer_id: UUID) -> list[Bond]:
    """Whom the person belongs with, through whichever record, the oldest first; at most 200."""
    with in_brand(brand_id):
        return [bond_of(row) for row in rows(BONDS, _key(brand_id, customer_id))]


def bond_of(row: tuple[Any, ...]) -> Bond:
    """A row of BOND_COLUMNS."""
    return Bond(row[0], BondKind(row[1]), *row[2:])


KEEPINGS = """
    SELECT id, customer_id, manager, since, by, until FROM customers_keeping
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
     ORDER BY until IS NULL DESC, since DESC LIMIT 50
"""


def keepings_of(brand_id: UUID, customer_id: UUID) -> list[Keeping]:
    """Who looks after the person and who did, the present one first."""
    with in_brand(brand_id):
        return [Keeping(*row) for row in rows(KEEPINGS, _key(brand_id, customer_id))]


KEPT = """
    SELECT k.customer_id, coalesce(p.kind, 'person'), k.since, seen.at, todo.due, coalesce(todo.text, '')
      FROM customers_keeping k
      LEFT JOIN customers_details p ON p.brand_id = k.brand_id AND p.customer_id = k.customer_id
      LEFT JOIN LATERAL (SELECT t.at FROM customers_touch t
                          WHERE t.brand_id = k.brand_id AND t.customer_id = k.customer_id AND t.due IS NULL
                          ORDER BY t.id DESC LIMIT 1) seen ON true
      LEFT JOIN LATERAL (SELECT t.due, t.text FROM customers_touch t
                          WHERE t.brand_id = k.brand_id AND t.customer_id = k.customer_id AND t.due IS NOT NULL
                            AND t.done_at IS NULL ORDER BY t.due, t.id LIMIT 1) todo ON true
     WHERE k.brand_id = %(brand)s AND k.manager = %(manager)s AND k.until IS NULL
       AND (%(after)s::uuid IS NULL OR k.customer_id > %(after)s::uuid)
     ORDER BY k.customer_id LIMIT %(limit)s
"""


def kept_by(brand_id: UUID, manager: str, *, after: UUID | None = None, limit: int = 100) -> list[Kept]:
    """The customers somebody looks after, a page at a time by id, each with the last touch and what is next."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "manager": manager, "after": after, "limit": max(1, min(limit, 500))}
        found = rows(KEPT, key)
        names = golden_names(brand_id, [row[0] for row in found])
    return [Kept(row[0], names.get(row[0], ""), CustomerKind(row[1]), *row[2:]) for row in found]


PORTFOLIOS = """
    SELECT k.manager, count(*)::int,
           coalesce(sum(t.open), 0)::int, coalesce(sum(t.late), 0)::int, count(*) FILTER (WHERE t.touched)::int
      FROM customers_keeping k
      LEFT JOIN LATERAL (
           SELECT count(*) FILTER (WHERE due IS NOT NULL AND done_at IS NULL) AS open,
                  count(*) FILTER (WHERE due < %(day)s AND done_at IS NULL) AS late,
                  bool_or(due IS NULL AND at >= %(since)s) AS touched
             FROM customers_touch t WHERE t.brand_id = k.brand_id AND t.customer_id = k.customer_id) t ON true
     WHERE k.brand_id = %(brand)s AND k.until IS NULL AND (%(manager)s::text = '' OR k.manager = %(manager)s)
     GROUP BY k.manager ORDER BY k.manager LIMIT 500
"""


def portfolios(brand_id: UUID, *, day: date, since: datetime, manager: str = "") -> list[Portfolio]:
    """Each manager's sheet: how many customers, what waits, what is late, whom they touched since then."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "day": day, "since": since, "manager": manager}
        return [Portfolio(row[0], row[1], row[2], row[3], row[4]) for row in rows(PORTFOLIOS, key)]


def _key(brand_id: UUID, customer_id: UUID) -> dict[str, Any]:
    records = records_of(brand_id, [customer_id]).get(customer_id, (customer_id,))
    return {"brand": brand_id, "records": list(records)}
