"""The income statement by product or category: the ledger's accounts, their revenue spread over the lines sold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from datong.catalog.api import items_by_sku
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue
from datong.ledger.api import report
from datong.ledger.types import Account, Asked, ReportRow

GOODS = ("product", "category")
"""What an income statement is split by from the lines of orders: the ledger has one entry an order, not one a line."""
MOST_PRODUCTS = 5_000
SOLD = """
    SELECT account, currency, sku, sum(revenue_minor)::bigint FROM books_saleline
     WHERE brand_id = %(brand)s AND day BETWEEN %(since)s AND %(until)s
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
       AND (%(channel)s::uuid IS NULL OR channel_id = %(channel)s)
     GROUP BY 1, 2, 3 ORDER BY 4 DESC, 3 LIMIT %(limit)s
"""


def income_by_goods(brand_id: UUID, asked: Asked, *, by: str) -> list[ReportRow]:
    """Each account of income and expenses, its part of each product or category ('' is what no line has: refunds, fees,
    what is known of no product). The rows of an account sum to the ledger's figure to the cent.

    `asked` may be narrowed to stores and a channel; BadValue for another dimension. Three statements, and one a
    thousand products for their categories.
    """
    if by not in GOODS:
        raise BadValue("by", by, "one of " + ", ".join(GOODS))
    odd = [name for name, value in asked.where.items() if name not in ("store", "channel") or not value]
    if odd:
        raise BadValue(odd[0], asked.where[odd[0]], f"nothing beside a store and a channel when split by {by}")
    stores = asked.stores
    if store := asked.where.get("store"):
        stores = tuple(s for s in (stores if stores is not None else [UUID(store)]) if s == UUID(store))
    key = {
        "brand": brand_id,
        "since": asked.since or date.min,
        "until": asked.until or date.max,
        "stores": None if stores is None else list(stores),
        "channel": UUID(asked.where["channel"]) if asked.where.get("channel") else None,
        "limit": MOST_PRODUCTS,
    }
    with in_brand(brand_id):
        whole = report(brand_id, Asked(asked.since, asked.until, stores, asked.where, ("income:", "expense:"))).rows
        sold = rows(SOLD, key)
        named = _categories(brand_id, [sku for _a, _c, sku, _n in sold]) if by == "category" else {}
    parts: dict[Account, dict[str, int]] = {}
    for code, currency, sku, revenue in sold:
        of = parts.setdefault(Account(code, currency), {})
        value = named.get(sku, "") if by == "category" else sku
        of[value] = of.get(value, 0) + revenue
    made = []
    for row in whole:
        mine = {value: minor for value, minor in parts.get(row.account, {}).items() if value and minor}
        made += [ReportRow(row.account, value, 0, max(-n, 0), max(n, 0)) for value, n in sorted(mine.items())]
        rest = row.net_minor + sum(mine.values())
        if rest:
            made.append(ReportRow(row.account, "", 0, max(rest, 0), max(-rest, 0)))
    return sorted(made, key=lambda row: row.key)


def _categories(brand_id: UUID, skus: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = sorted(set(skus))
    for at in range(0, len(wanted), 1000):
        found |= {sku: item.category for sku, item in items_by_sku(brand_id, wanted[at : at + 1000]).items()}
    return found
