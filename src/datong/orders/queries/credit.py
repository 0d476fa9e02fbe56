"""Reads of sales credit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.orders.types.credit import CreditLine, CreditRole, CreditRule, CreditShares, CreditSum

RULES = """
    SELECT id, valid_from, selling, fulfilling, associate, by, reason FROM orders_creditrule
     WHERE brand_id = %(brand)s ORDER BY valid_from DESC, id DESC LIMIT 500
"""


def credit_rules(brand_id: UUID) -> list[CreditRule]:
    """The rules, the latest first; of two of one moment the one made later is first and counts."""
    with in_brand(brand_id):
        return [
            CreditRule(row[0], row[1], CreditShares(*row[2:5]), *row[5:]) for row in rows(RULES, {"brand": brand_id})
        ]


OF_ORDERS = """
    SELECT c.id, c.order_id, c.role, c.store_id, c.associate, c.amount_minor, c.currency, c.day, c.selling,
           c.fulfilling, c.of_associate, c.reverses FROM orders_credit c
     WHERE c.brand_id = %(brand)s AND c.order_id = ANY(%(orders)s::uuid[]) ORDER BY c.id
"""


def credit_lines_of(brand_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, list[CreditLine]]:
    """The credit rows of these orders, the oldest first; one statement."""
    found: dict[UUID, list[CreditLine]] = {}
    with in_brand(brand_id):
        for row in rows(OF_ORDERS, {"brand": brand_id, "orders": list(order_ids)}):
            found.setdefault(row[1], []).append(_line(row))
    return found


SUMS = """
    SELECT c.store_id, CASE WHEN %(staff)s THEN c.associate ELSE '' END, c.currency,
           coalesce(sum(c.amount_minor) FILTER (WHERE c.role = 'selling'), 0)::bigint,
           coalesce(sum(c.amount_minor) FILTER (WHERE c.role = 'fulfilling'), 0)::bigint,
           coalesce(sum(c.amount_minor) FILTER (WHERE c.role = 'associate'), 0)::bigint,
           (count(DISTINCT c.order_id) FILTER (WHERE c.reverses IS NULL))::int
      FROM orders_credit c
     WHERE c.brand_id = %(brand)s AND c.day >= %(since)s AND c.day <= %(until)s
       AND (NOT %(staff)s OR c.associate <> '')
       AND (%(stores)s::uuid[] IS NULL OR c.store_id = ANY(%(stores)s::uuid[]))
     GROUP BY 1, 2, 3 ORDER BY sum(c.amount_minor) DESC, 1, 2 LIMIT 5000
"""


def credit_sums(
    brand_id: UUID, since: date, until: date, *, stores: Collection[UUID] | None = None, by_staff: bool = False
) -> list[CreditSum]:
    """What each store, or each member of staff, came to between two business days, both included; one statement."""
    key = {
        "brand": brand_id, "since": since, "until": until, "staff": by_staff,
        "stores": None if stores is None else list(stores),
    }  # fmt: skip
    with in_brand(brand_id):
        return [CreditSum(*row) for row in rows(SUMS, key)]


LINES = """
    SELECT c.id, c.order_id, c.role, c.store_id, c.associate, c.amount_minor, c.currency, c.day, c.selling,
           c.fulfilling, c.of_associate, c.reverses, o.number
      FROM orders_credit c JOIN orders_order o ON o.brand_id = c.brand_id AND o.id = c.order_id
     WHERE c.brand_id = %(brand)s AND c.day >= %(since)s AND c.day <= %(until)s
       AND (%(stores)s::uuid[] IS NULL OR c.store_id = ANY(%(stores)s::uuid[]))
       AND (%(associate)s = '' OR c.associate = %(associate)s)
       AND (%(before)s::uuid IS NULL OR c.id < %(before)s)
     ORDER BY c.id DESC LIMIT %(limit)s
"""


def credit_lines(
    brand_id: UUID,
    since: date,
    until: date,
    *,
    stores: Collection[UUID] | None = None,
    associate: str = "",
    before: UUID | None = None,
    limit: int = 100,
) -> list[CreditLine]:
    """The rows of some business days, the newest first, those before `before`."""
    key = {
        "brand": brand_id, "since": since, "until": until, "associate": associate, "before": before,
        "stores": None if stores is None else list(stores), "limit": min(limit, 5000),
    }  # fmt: skip
    with in_brand(brand_id):
        return [_line(row) for row in rows(LINES, key)]


def _line(row: tuple[Any, ...]) -> CreditLine:
    line_id, order_id, role, store, associate, amount, currency, day, selling, fulfilling, staff, reverses, *more = row
    shares = CreditShares(selling, fulfilling, staff)
    return CreditLine(
        line_id, order_id, CreditRole(role), store, associate, amount, currency, day, shares, reverses, *more
    )
