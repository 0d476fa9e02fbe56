"""What a person bought, by all of their records: figures, not rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from datong.customers.api import records_of
from datong.kernel.db import in_brand, rows
from datong.orders.queries.board import COLUMNS, BoardRow


@dataclass(frozen=True, slots=True)
class Bought:
    """Orders of one person through one door, in one currency and state."""

    channel_id: UUID
    currency: str
    state: str
    orders: int
    units: int
    total_minor: int
    first_at: datetime
    last_at: datetime


IN_REACH = """
       AND (%(stores)s::uuid[] IS NULL OR o.store_id = ANY(%(stores)s::uuid[]) OR EXISTS (
            SELECT 1 FROM orders_allocation a WHERE a.brand_id = o.brand_id AND a.order_id = o.id
               AND a.store_id = ANY(%(stores)s::uuid[])))
       AND (%(hidden)s::uuid[] IS NULL OR o.store_id IS NULL OR o.store_id <> ALL(%(hidden)s::uuid[]) OR EXISTS (
            SELECT 1 FROM orders_allocation a WHERE a.brand_id = o.brand_id AND a.order_id = o.id
               AND a.store_id <> ALL(%(hidden)s::uuid[])))"""
BOUGHT = f"""
    SELECT o.channel_id, o.currency, o.state, count(*)::int, sum(o.units)::bigint, sum(o.total_minor)::bigint,
           min(o.placed_at), max(o.placed_at)
      FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.customer_id = ANY(%(records)s::uuid[]) {IN_REACH}
     GROUP BY 1, 2, 3
"""  # noqa: S608  constants only


def bought(
    brand_id: UUID,
    customer_id: UUID,
    *,
    stores: tuple[UUID, ...] | None = None,
    hidden: tuple[UUID, ...] | None = None,
) -> list[Bought]:
    """What the person bought at each door, narrowed as a board is; two statements, whatever they bought."""
    with in_brand(brand_id):
        records = records_of(brand_id, [customer_id]).get(customer_id, (customer_id,))
        return [Bought(*row) for row in rows(BOUGHT, _key(brand_id, stores, hidden) | {"records": list(records)})]


LATEST = f"""
    SELECT DISTINCT ON (p.asked) p.asked, {COLUMNS}
      FROM unnest(%(asked)s::uuid[], %(records)s::uuid[]) p(asked, record)
     CROSS JOIN LATERAL (
           SELECT o.* FROM orders_order o
            WHERE o.brand_id = %(brand)s AND o.customer_id = p.record {IN_REACH}
            ORDER BY o.id DESC LIMIT 1) o
     ORDER BY p.asked, o.id DESC
"""  # noqa: S608


def latest_bought(
    brand_id: UUID,
    customer_ids: Iterable[UUID],
    *,
    stores: tuple[UUID, ...] | None = None,
    hidden: tuple[UUID, ...] | None = None,
) -> Mapping[UUID, BoardRow]:
    """The last order of each of these people who has one; two statements for all of them."""
    with in_brand(brand_id):
        records = records_of(brand_id, customer_ids)
        pairs = [(asked, record) for asked, all_of in records.items() for record in all_of]
        key = _key(brand_id, stores, hidden) | {"asked": [a for a, _ in pairs], "records": [r for _, r in pairs]}
        return {row[0]: BoardRow(*row[1:]) for row in rows(LATEST, key)}


def _key(brand_id: UUID, stores: tuple[UUID, ...] | None, hidden: tuple[UUID, ...] | None) -> dict[str, object]:
    return {
        "brand": brand_id,
        "stores": None if stores is None else list(stores),
        "hidden": list(hidden) if hidden else None,
    }
