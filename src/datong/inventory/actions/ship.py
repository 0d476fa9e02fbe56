"""Held goods leave the shelf, and holds that were paid for stay."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from datong.inventory.actions.common import lock
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7

HELD = """
    SELECT h.order_id, h.location_id, h.item_id, h.units FROM inventory_hold h
      JOIN unnest(%(orders)s::uuid[], %(locations)s::uuid[]) g(order_id, location_id) USING (order_id, location_id)
     WHERE h.brand_id = %(brand)s AND h.ended_at IS NULL
"""
LEAVE = """
    WITH gone AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(orders)s::uuid[], %(locations)s::uuid[], %(items)s::uuid[],
                             %(units)s::int[]) AS g(id, order_id, location_id, item_id, units)
    ), ended AS (
        UPDATE inventory_hold h SET ended_at = %(now)s, ended_as = 'taken' FROM gone g
         WHERE h.brand_id = %(brand)s AND h.order_id = g.order_id AND h.location_id = g.location_id
           AND h.item_id = g.item_id
    ), left_ AS (
        UPDATE inventory_stock s SET on_hand = on_hand - g.units, reserved = reserved - g.units
          FROM (SELECT location_id, item_id, sum(units) AS units FROM gone GROUP BY 1, 2) g
         WHERE s.brand_id = %(brand)s AND s.location_id = g.location_id AND s.item_id = g.item_id
    )
    INSERT INTO inventory_movement (brand_id, id, location_id, item_id, units, reason, subject_id, at)
    SELECT %(brand)s, id, location_id, item_id, -units, 'sale', order_id, %(now)s FROM gone
"""


def ship(shares: Sequence[tuple[UUID, UUID]], *, brand: UUID) -> int:
    """The goods held for these (order, location) shares were handed over: they leave the count; units that left.

    What is free does not change, so nobody need be told. A share that has no open hold changes nothing: twice is once.
    """
    if not shares:
        return 0
    with in_brand(brand):
        key = {"brand": brand, "orders": [order for order, _ in shares], "locations": [place for _, place in shares]}
        lock((location, item) for _, location, item, _ in rows(HELD, key))
        held = sorted(set(rows(HELD, key)))
        if held:
            columns = {
                "ids": [uuid7() for _ in held],
                "orders": [order for order, _, _, _ in held],
                "locations": [location for _, location, _, _ in held],
                "items": [item for _, _, item, _ in held],
                "units": [units for _, _, _, units in held],
            }
            execute(LEAVE, {"brand": brand, "now": clock.now(), **columns})
        return sum(units for _, _, _, units in held)


KEEP = """
    UPDATE inventory_hold SET expires_at = NULL
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND ended_at IS NULL
"""


def keep(order_ids: Sequence[UUID], *, brand: UUID) -> int:
    """These orders were paid: their open holds run out no more; how many there were."""
    with in_brand(brand):
        return execute(KEEP, {"brand": brand, "orders": sorted(order_ids)})
