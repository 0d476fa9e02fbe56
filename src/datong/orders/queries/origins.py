"""Where orders came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from datong.kernel.db import in_brand, rows


@dataclass(frozen=True, slots=True)
class Origin:
    """The door an order came in by and its number there."""

    order_id: UUID
    channel_id: UUID
    external_id: str
    number: str
    fulfilment: str


ORIGINS = """
    SELECT id, channel_id, external_id, number, fulfilment FROM orders_order
     WHERE brand_id = %(brand)s AND id = ANY(%(orders)s::uuid[])
"""


def origins(brand_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, Origin]:
    """Channel and external number of these orders; one statement."""
    with in_brand(brand_id):
        return {row[0]: Origin(*row) for row in rows(ORIGINS, {"brand": brand_id, "orders": list(order_ids)})}
