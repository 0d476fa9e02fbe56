"""Reads of what stores could not give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.orders.types.short import Answer, Question

COLUMNS = """id, order_id, store_id, line_no, units, title, reason, substitute_sku, substitute_title, asked_at,
           deadline_at, answer, answered_by"""
OF_ORDERS = f"""
    SELECT {COLUMNS} FROM orders_question WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) ORDER BY id
"""  # noqa: S608 - constants
DUE = f"""
    SELECT {COLUMNS} FROM orders_question
     WHERE brand_id = %(brand)s AND answer = '' AND deadline_at <= %(now)s ORDER BY deadline_at, id LIMIT %(limit)s
"""  # noqa: S608 - constants


def question_of(row: tuple[Any, ...]) -> Question:
    *asked, answer, answered_by = row
    return Question(*[*asked, Answer(answer) if answer else None, answered_by])


def questions_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Question]:
    """What stores could not give of these orders, answered or not, oldest first."""
    if not order_ids:
        return []
    with in_brand(brand_id):
        return [question_of(row) for row in rows(OF_ORDERS, {"brand": brand_id, "orders": list(order_ids)})]


def questions_due(brand_id: UUID, now: datetime, *, limit: int = 200) -> list[Question]:
    """Questions nobody answered in time."""
    with in_brand(brand_id):
        return [question_of(row) for row in rows(DUE, {"brand": brand_id, "now": now, "limit": limit})]
