"""Orders by the numbers they have at their channels."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.orders.types import Booked, OrderState

NAMED = """
    SELECT o.external_id, o.id FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.external_id = ANY(%(names)s::text[])
"""


def orders_named(brand_id: UUID, names: Collection[str]) -> dict[str, UUID]:
    """Orders by their numbers at the channels; one statement."""
    key = {"brand": brand_id, "names": sorted(names)}
    with in_brand(brand_id):
        return dict(rows(NAMED, key)) if names else {}


BOOKED = """
    SELECT o.id, o.number, o.external_id, o.placed_at, o.total_minor, o.currency, o.state, o.paid FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[])
"""


def booked_orders(brand_id: UUID, order_ids: Collection[UUID]) -> dict[UUID, Booked]:
    """Orders as they stand, by their ids; one statement."""
    if not order_ids:
        return {}
    with in_brand(brand_id):
        found = rows(BOOKED, {"brand": brand_id, "orders": sorted(order_ids)})
    return {row[0]: replace(Booked(*row), state=OrderState(row[6])) for row in found}
