"""How far orders came, by the way they reach the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.fulfilment.types import FulfilmentKind
from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7_floor


@dataclass(frozen=True, slots=True)
class Passed:
    """Orders of one way: how many were taken, found a store, are paid, complete; whose customers ordered again."""

    kind: FulfilmentKind
    placed: int
    held: int
    paid: int
    complete: int
    again: int


PASSED = """
    SELECT o.fulfilment, count(*)::int,
           count(*) FILTER (WHERE o.store_id IS NOT NULL)::int,
           count(*) FILTER (WHERE o.paid)::int,
           count(*) FILTER (WHERE o.state = 'completed')::int,
           count(*) FILTER (WHERE o.state = 'completed' AND EXISTS (
               SELECT 1 FROM orders_order n
                WHERE n.brand_id = o.brand_id AND n.customer_id = o.customer_id AND n.id > o.id))::int
      FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.id >= %(since)s AND o.id < %(until)s GROUP BY 1
"""


def passed(brand_id: UUID, since: datetime, until: datetime) -> list[Passed]:
    """The orders taken in a time, by way; one statement."""
    times = {"since": uuid7_floor(since), "until": uuid7_floor(until)}
    with in_brand(brand_id):
        return [Passed(FulfilmentKind(row[0]), *row[1:]) for row in rows(PASSED, {"brand": brand_id, **times})]
