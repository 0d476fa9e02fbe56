"""Lines of orders whose goods were handed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows


@dataclass(frozen=True, slots=True)
class Sold:
    """One line, less the units that were taken out before.

    `parts`: what left the shelf for it, item -> units (a bundle's several, a service's none).
    """

    order_id: UUID
    line_no: int
    item_id: UUID | None
    sku: str
    channel_id: UUID
    store_id: UUID | None
    currency: str
    units: int
    total_minor: int
    parts: dict[UUID, int]


SOLD = """
    SELECT l.order_id, l.line_no, l.item_id, l.sku, o.channel_id, o.store_id, o.currency, l.units - w.units,
           l.total_minor, l.units, l.kind, l.parts
      FROM orders_order o JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.units), 0)::int AS units FROM orders_withdrawal x
            WHERE x.brand_id = o.brand_id AND x.order_id = o.id AND x.line_no = l.line_no) w
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) AND o.state = 'completed'
     ORDER BY l.order_id, l.line_no
"""


def sold(brand_id: UUID, order_ids: Iterable[UUID]) -> list[Sold]:
    """The lines of these orders, those that are complete; one statement."""
    with in_brand(brand_id):
        found = rows(SOLD, {"brand": brand_id, "orders": sorted(set(order_ids))})
    return [Sold(*[*said, _parts(said[2], said[7], of, kind, parts)]) for *said, of, kind, parts in found]


def _parts(item: UUID | None, units: int, of: int, kind: str, parts: str | None) -> dict[UUID, int]:
    if item is None or not units:
        return {}
    if parts is None:
        return {} if kind == "service" else {item: units}
    found: dict[UUID, int] = {}
    for part in msgspec.json.decode(parts):
        at = UUID(part["item_id"])
        found[at] = found.get(at, 0) + part["units"] // of * units
    return found
