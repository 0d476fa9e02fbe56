"""What units cost the brand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from datong.catalog import rules
from datong.catalog.actions.common import tell
from datong.catalog.queries import items_by_sku
from datong.catalog.types import Cost
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue

PUT_COSTS = """
    INSERT INTO catalog_cost (brand_id, item_id, valid_from, cost_minor, set_at, set_by, reason)
    SELECT %(brand)s, item, valid_from, cost, %(now)s, %(by)s, %(reason)s
      FROM unnest(%(items)s::uuid[], %(froms)s::timestamptz[], %(costs)s::bigint[]) AS new(item, valid_from, cost)
     ORDER BY item
    ON CONFLICT (brand_id, item_id, valid_from) DO UPDATE
       SET cost_minor = excluded.cost_minor, set_at = excluded.set_at, set_by = excluded.set_by,
           reason = excluded.reason
"""


def put_costs(brand_id: UUID, costs: Sequence[Cost], *, by: str = "import", reason: str = "") -> int:
    """Say what units cost the brand from a moment on; a cost of the same moment is corrected. Raises BadInput."""
    rules.check_costs(costs)
    with in_brand(brand_id):
        items = items_by_sku(brand_id, {cost.sku for cost in costs})
        unknown = [cost.sku for cost in costs if cost.sku not in items]
        if unknown:
            raise BadValue("costs/sku", unknown[0], "a SKU of the catalogue")
        by_key: Mapping[tuple[UUID, Any], Cost] = {(items[c.sku].id, c.valid_from): c for c in costs}
        execute(
            PUT_COSTS,
            {
                "brand": brand_id,
                "items": [item for item, _at in by_key],
                "froms": [at for _item, at in by_key],
                "costs": [cost.cost_minor for cost in by_key.values()],
                "now": clock.now(),
                "by": by[:120],
                "reason": reason[:300],
            },
        )
        tell(brand_id, "costs", len(costs), by, verb="cost.put", of=(f"item {c.sku}" for c in costs), reason=reason)
    return len(costs)
