"""Returns: of an order, those that wait, and how many units of each line are on their way back or here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.orders.types.returns import Return, ReturnLine, ReturnState, ReturnWay

COLUMNS = """r.id, r.order_id, r.state, r.how, r.reason, r.amount_minor, r.currency, r.asked_by, r.asked_at,
       r.decided_by, r.decided_at, r.note, r.store_id, r.received_by, r.received_at, r.approval_id,
       r.back_minor, r.exchange_id"""
BY_ID = f"SELECT {COLUMNS} FROM orders_return r WHERE r.brand_id = %(brand)s AND r.id = %(id)s"  # noqa: S608
OF_ORDERS = f"""
    SELECT {COLUMNS} FROM orders_return r
     WHERE r.brand_id = %(brand)s AND r.order_id = ANY(%(orders)s::uuid[]) ORDER BY r.id
"""  # noqa: S608 - the columns are a constant
OPEN = f"""
    SELECT {COLUMNS} FROM orders_return r
     WHERE r.brand_id = %(brand)s AND r.state IN ('requested', 'approved')
       AND (%(after)s::uuid IS NULL OR r.id > %(after)s::uuid)
       AND (%(stores)s::uuid[] IS NULL OR EXISTS (
            SELECT 1 FROM orders_order o WHERE o.brand_id = r.brand_id AND o.id = r.order_id
                AND o.store_id = ANY(%(stores)s::uuid[])))
     ORDER BY r.id LIMIT %(limit)s
"""  # noqa: S608 - the columns are a constant
LINES = """
    SELECT returned_id, line_no, units, shelf, written_off FROM orders_returnline
     WHERE brand_id = %(brand)s AND returned_id = ANY(%(ids)s::uuid[]) ORDER BY returned_id, line_no
"""


def get_return(brand_id: UUID, return_id: UUID) -> Return:
    with in_brand(brand_id):
        found = rows(BY_ID, {"brand": brand_id, "id": return_id})
        if not found:
            raise NotFound(f"no return {return_id}")
        return _whole(brand_id, found)[0]


def returns_of(brand_id: UUID, order_ids: Collection[UUID]) -> list[Return]:
    """The returns of these orders, the oldest first; two statements."""
    with in_brand(brand_id):
        return _whole(brand_id, rows(OF_ORDERS, {"brand": brand_id, "orders": sorted(order_ids)}))


def open_returns(
    brand_id: UUID, *, stores: Collection[UUID] | None = None, after: UUID | None = None, limit: int = 50
) -> list[Return]:
    """Returns that wait for a word or for the goods, the oldest first: of orders of these stores, of all without."""
    key = {"brand": brand_id, "after": after, "limit": min(limit, 500)}
    with in_brand(brand_id):
        return _whole(brand_id, rows(OPEN, {**key, "stores": None if stores is None else sorted(stores)}))


def _whole(brand_id: UUID, found: Sequence[Sequence[Any]]) -> list[Return]:
    lines: dict[UUID, list[ReturnLine]] = {}
    if found:
        for id_, *line in rows(LINES, {"brand": brand_id, "ids": [row[0] for row in found]}):
            lines.setdefault(id_, []).append(ReturnLine(*line))
    return [
        replace(
            Return(row[0], row[1], ReturnState(row[2]), ReturnWay(row[3]), *row[4:]), lines=tuple(lines.get(row[0], ()))
        )
        for row in found
    ]


UNITS = """
    SELECT l.line_no, sum(l.units)::int FROM orders_return r
      JOIN orders_returnline l ON l.brand_id = r.brand_id AND l.returned_id = r.id
     WHERE r.brand_id = %(brand)s AND r.order_id = %(order)s AND r.state IN ('requested', 'approved', 'received')
     GROUP BY 1
"""


def returned_units(brand_id: UUID, order_id: UUID) -> dict[int, int]:
    """Units of each line that came back or are to come back."""
    with in_brand(brand_id):
        return dict(rows(UNITS, {"brand": brand_id, "order": order_id}))
