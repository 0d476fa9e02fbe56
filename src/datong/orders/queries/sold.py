"""Lines of orders whose goods were handed over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows


@dataclass(frozen=True, slots=True)
class Sold:
    """One line; `parts`: what left the shelf for it, item -> units (a bundle's several, a service's none)."""

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
    SELECT l.order_id, l.line_no, l.item_id, l.sku, o.channel_id, o.store_id, o.currency, l.units, l.total_minor,
           l.kind, l.parts
      FROM orders_order o JOIN orders_line l ON l.brand_id = o.brand_id AND l.order_id = o.id
     WHERE o.brand_id = %(brand)s AND o.id = ANY(%(orders)s::uuid[]) AND o.state = 'completed'
     ORDER BY l.order_id, l.line_no
"""


def sold(brand_id: UUID, order_ids: Iterable[UUID]) -> list[Sold]:
    """The lines of these orders, those that are complete; one statement."""
    with in_brand(brand_id):
        found = rows(SOLD, {"brand": brand_id, "orders": sorted(set(order_ids))})
    return [Sold(*[*said, _parts(said[2], said[7], kind, parts)]) for *said, kind, parts in found]


def _parts(item: UUID | None, units: int, kind: str, parts: str | None) -> dict[UUID, int]:
    if item is None:
        return {}
    if parts is None:
        return {} if kind == "service" else {item: units}
    found: dict[UUID, int] = {}
    for part in msgspec.json.decode(parts):
        at = UUID(part["item_id"])
        found[at] = found.get(at, 0) + part["units"]
    return found
