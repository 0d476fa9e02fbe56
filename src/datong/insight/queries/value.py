"""Reads of what customers are worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.customers import api as customers
from datong.insight.types import Held, LifeStage, Segment, SegmentSum, Value
from datong.kernel.db import in_brand, rows
from datong.orders import api as orders

COLUMNS = """customer_id, currency, orders, days, first_at, last_at, spent_minor, recency, frequency, money, segment,
       stage, alive, orders_ahead, ahead_minor, gap_days, at"""
OF_ONE = f"""
    SELECT {COLUMNS} FROM insight_customervalue
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[]) ORDER BY orders DESC LIMIT 1
"""  # noqa: S608  constants only


def value_of(brand_id: UUID, customer_id: UUID) -> Value | None:
    """What a person is worth as last counted, None when they never bought or were not counted yet."""
    with in_brand(brand_id):
        records = customers.records_of(brand_id, [customer_id]).get(customer_id, (customer_id,))
        found = rows(OF_ONE, {"brand": brand_id, "records": list(records)})
        return _value(found[0]) if found else None


SEGMENTS = """
    SELECT segment, count(*)::int, sum(spent_minor)::bigint, coalesce(sum(ahead_minor), 0)::bigint
      FROM insight_customervalue WHERE brand_id = %(brand)s GROUP BY 1
"""


def segment_sums(brand_id: UUID) -> list[SegmentSum]:
    """Each segment that has customers, in the order of `Segment`."""
    with in_brand(brand_id):
        found = {row[0]: row for row in rows(SEGMENTS, {"brand": brand_id})}
    return [SegmentSum(one, *found[one.value][1:]) for one in Segment if one.value in found]


OF_SEGMENT = f"""
    SELECT {COLUMNS} FROM insight_customervalue
     WHERE brand_id = %(brand)s AND segment = %(segment)s
       AND (%(last)s::uuid IS NULL OR (spent_minor, customer_id) < (SELECT p.spent_minor, p.customer_id
            FROM insight_customervalue p WHERE p.brand_id = %(brand)s AND p.customer_id = %(last)s))
     ORDER BY spent_minor DESC, customer_id DESC LIMIT %(limit)s
"""  # noqa: S608


def customers_in(brand_id: UUID, segment: Segment, *, last: UUID | None = None, limit: int = 50) -> list[Value]:
    """The customers of a segment, who spent most first; `last` is the last of the page before."""
    with in_brand(brand_id):
        key = {"brand": brand_id, "segment": segment.value, "last": last, "limit": max(1, min(limit, 500))}
        return [_value(row) for row in rows(OF_SEGMENT, key)]


REACHES = """
    SELECT category, customers,
           (SELECT count(*) FROM insight_customervalue v WHERE v.brand_id = r.brand_id)::int
      FROM insight_categoryreach r WHERE brand_id = %(brand)s ORDER BY customers DESC, category LIMIT 200
"""


def categories_held(brand_id: UUID, records: Sequence[UUID]) -> list[Held]:
    """Categories a person has bought in (the most first), then those they have not, the most widely bought first."""
    with in_brand(brand_id):
        mine = orders.bought_categories(brand_id, records)
        reach = rows(REACHES, {"brand": brand_id})
    share = {category: count / total if total else 0.0 for category, count, total in reach}
    have = {category for category, _, _ in mine}
    held = [Held(category, count, last, share.get(category, 0.0)) for category, count, last in mine]
    return [*held, *(Held(category, 0, None, share[category]) for category, *_ in reach if category not in have)]


def _value(row: Sequence[Any]) -> Value:
    values = [*row[:10], Segment(row[10]), LifeStage(row[11]), *row[12:]]
    return Value(*values)
