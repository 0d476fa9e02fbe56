"""What was sold with what it cost at that moment: kept when an order's goods are handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from datong.books import rules
from datong.inventory.api import costs_of
from datong.inventory.types import value_of
from datong.kernel.db import execute, in_brand
from datong.ledger.api import transfers_of
from datong.orders.api import Sold, sold

KEEP = """
    INSERT INTO books_saleline (brand_id, order_id, line_no, item_id, sku, channel_id, store_id, day, currency, units,
                                revenue_minor, cost_minor, account)
    SELECT %(brand)s, * FROM unnest(
        %(orders)s::uuid[], %(nos)s::smallint[], %(items)s::uuid[], %(skus)s::text[], %(channels)s::uuid[],
        %(stores)s::uuid[], %(days)s::date[], %(currencies)s::text[], %(units)s::int[], %(revenues)s::bigint[],
        %(costs)s::bigint[], %(accounts)s::text[]) l(order_id, line_no)
     ORDER BY order_id, line_no
    ON CONFLICT DO NOTHING
"""


def keep_margins(brand: UUID, order_ids: Sequence[UUID]) -> int:
    """Keep revenue and cost of these orders' lines, those that are complete, each once: rows written. Four statements.

    The revenue is the ledger's own; the cost the moving average now, so that a later purchase changes no past margin.
    """
    with in_brand(brand):
        lines = sold(brand, order_ids)
        if not lines:
            return 0
        goods: dict[UUID, int] = {}
        days: dict[UUID, date] = {}
        accounts: dict[UUID, str] = {}
        for posted in transfers_of(brand, sorted({line.order_id for line in lines})):
            t = posted.transfer
            if t.kind == "goods" or (t.kind == "earned" and t.debit.code == accounts.get(t.subject_id)):
                accounts[t.subject_id] = t.credit.code
            if t.kind == "goods":
                goods[t.subject_id] = goods.get(t.subject_id, 0) + t.amount_minor
            if t.kind in ("goods", "earned"):
                days[t.subject_id] = max(days.get(t.subject_id, t.business_date), t.business_date)
        costs = costs_of(brand, {item for line in lines for item in line.parts})
        revenues = _revenues(lines, goods)
        kept = [line for line in lines if line.order_id in days]
        return execute(
            KEEP,
            {
                "brand": brand,
                "orders": [line.order_id for line in kept],
                "nos": [line.line_no for line in kept],
                "items": [line.item_id for line in kept],
                "skus": [line.sku for line in kept],
                "channels": [line.channel_id for line in kept],
                "stores": [line.store_id for line in kept],
                "days": [days[line.order_id] for line in kept],
                "currencies": [line.currency for line in kept],
                "units": [line.units for line in kept],
                "revenues": [revenues[line.order_id, line.line_no] for line in kept],
                "costs": [_cost(line, costs) for line in kept],
                "accounts": [accounts.get(line.order_id, "") for line in kept],
            },
        )


def _revenues(lines: Sequence[Sold], goods: dict[UUID, int]) -> dict[tuple[UUID, int], int]:
    by_order: dict[UUID, list[Sold]] = {}
    for line in lines:
        by_order.setdefault(line.order_id, []).append(line)
    found: dict[tuple[UUID, int], int] = {}
    for order, mine in by_order.items():
        parts = rules.line_revenues(goods.get(order, 0), [line.total_minor for line in mine])
        found |= {(order, line.line_no): part for line, part in zip(mine, parts, strict=True)}
    return found


def _cost(line: Sold, costs: dict[UUID, int]) -> int | None:
    """Nothing for a line that was taken out of its order whole.

    None when the cost of any of its parts is not known; a line with nothing from a shelf has none to know.
    """
    if not line.units:
        return 0
    if not line.parts or any(item not in costs for item in line.parts):
        return None
    return sum(value_of(units, costs[item]) for item, units in line.parts.items())
