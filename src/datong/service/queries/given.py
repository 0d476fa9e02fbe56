"""Compensations that were given: for an order, and by an agent of late."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.service.types import Give, Given

DAY = timedelta(days=1)
FOR = """
    SELECT id, give, amount_minor, currency, what, reason, by, at FROM service_given
     WHERE brand_id = %(brand)s AND order_id = %(order)s ORDER BY id LIMIT 100
"""


def given_for(brand_id: UUID, order_id: UUID) -> list[Given]:
    """What was given for an order, the oldest first."""
    with in_brand(brand_id):
        return [Given(row[0], Give(row[1]), *row[2:]) for row in rows(FOR, {"brand": brand_id, "order": order_id})]


LATELY = """
    SELECT coalesce(sum(amount_minor), 0)::bigint FROM service_given
     WHERE brand_id = %(brand)s AND by = %(by)s AND at > %(since)s
"""


def given_today(brand_id: UUID, by: str) -> int:
    """What an agent gave within a day, in minor units of the brand's currency."""
    with in_brand(brand_id):
        ((sum_,),) = rows(LATELY, {"brand": brand_id, "by": by, "since": clock.now() - DAY})
        return int(sum_)
