"""Reads of the steps of customers."""

from __future__ import annotations

from uuid import UUID

from datong.customers.queries.people import records_of
from datong.customers.types import StepKind, Steps
from datong.kernel.db import in_brand, rows

MINE = """
    SELECT kind, channel_id, count(*)::int, min(at), max(at), (array_agg(about ORDER BY at DESC, id DESC))[1]
      FROM customers_step
     WHERE brand_id = %(brand)s AND customer_id = ANY(%(records)s::uuid[])
     GROUP BY 1, 2 ORDER BY max(at) DESC, 1, 2
"""


def steps_of(brand_id: UUID, customer_id: UUID) -> list[Steps]:
    """What the person did besides ordering, by kind and channel, the latest first; two statements."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, ())
        found = rows(MINE, {"brand": brand_id, "records": list(records)})
    return [Steps(StepKind(row[0]), *row[1:]) for row in found]
