"""What an item costs us: the moving average over its receipts (移动加权平均)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from datong.inventory.types import MILLI
from datong.kernel import clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue

LOCK = """
    SELECT item_id FROM inventory_cost WHERE brand_id = %(brand)s AND item_id = ANY(%(items)s::uuid[])
     ORDER BY item_id FOR UPDATE
"""
AVERAGE = """
    INSERT INTO inventory_cost (brand_id, item_id, cost_milli, at)
    SELECT %(brand)s, g.item_id, g.cost, %(now)s
      FROM unnest(%(items)s::uuid[], %(units)s::int[], %(costs)s::bigint[]) g(item_id, units, cost) ORDER BY g.item_id
    ON CONFLICT (brand_id, item_id) DO UPDATE
       SET cost_milli = (SELECT CASE WHEN s.units + g.units <= 0 THEN excluded.cost_milli
                                ELSE round((inventory_cost.cost_milli::numeric * s.units
                                            + excluded.cost_milli::numeric * g.units) / (s.units + g.units)) END
                           FROM (SELECT coalesce(sum(on_hand), 0) AS units FROM inventory_stock
                                  WHERE brand_id = %(brand)s AND item_id = excluded.item_id) s,
                                (SELECT u.units FROM unnest(%(items)s::uuid[], %(units)s::int[]) u(item_id, units)
                                  WHERE u.item_id = excluded.item_id) g),
           at = excluded.at
"""


def average_in(units: Mapping[UUID, int], cost_milli: Mapping[UUID, int]) -> None:
    """Units came at a cost (thousandths of a minor unit each), before they are put on the shelf.

    Rows are locked before the shelves are summed, so that of two receipts the second averages over both.
    """
    items = sorted(item for item in units if item in cost_milli and units[item] > 0)
    if not items:
        return
    key = {"brand": current_brand(), "items": items}
    rows(LOCK, key)
    execute(
        AVERAGE,
        {**key, "now": clock.now(), "units": [units[i] for i in items], "costs": [cost_milli[i] for i in items]},
    )


SET = """
    INSERT INTO inventory_cost (brand_id, item_id, cost_milli, at)
    SELECT %(brand)s, item_id, cost, %(now)s FROM unnest(%(items)s::uuid[], %(costs)s::bigint[]) g(item_id, cost)
     ORDER BY item_id
    ON CONFLICT (brand_id, item_id) DO UPDATE SET cost_milli = excluded.cost_milli, at = excluded.at
"""


def put_costs(brand: UUID, cost_minor: Mapping[UUID, int]) -> None:
    """Opening costs per unit, in minor units; replaces what is known."""
    if any(cost < 0 for cost in cost_minor.values()):
        raise BadValue("cost_minor", min(cost_minor.values()), "0 or more")
    items = sorted(cost_minor)
    with in_brand(brand):
        key = {"brand": brand, "now": clock.now(), "items": items, "costs": [cost_minor[i] * MILLI for i in items]}
        execute(SET, key)
