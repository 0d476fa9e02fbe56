"""The one price table: every product across the brand's list and the lists of their own, with what is dated later."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from datong.catalog.queries.quoting import list_rules
from datong.catalog.types import Cell, PricePolicy, TableRow
from datong.kernel import clock
from datong.kernel.db import in_brand, rows

MAX_PAGE = 5_000

TABLE = """
    WITH page AS (
        SELECT i.id, i.sku, i.title, i.category FROM catalog_item i
         WHERE i.brand_id = %(brand)s AND i.active AND i.sku > %(after)s
           AND (%(category)s = '' OR i.category = %(category)s OR starts_with(i.category, %(category)s || '/'))
           AND (%(words)s::text[] IS NULL OR i.words LIKE ALL (%(words)s::text[]))
           AND (NOT %(differing)s OR EXISTS (
               SELECT 1 FROM unnest(%(lists)s::text[]) l(code)
                CROSS JOIN LATERAL (
                    SELECT p.amount_minor FROM catalog_price p
                     WHERE p.brand_id = i.brand_id AND p.price_list = l.code AND p.item_id = i.id
                       AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
                     ORDER BY p.valid_from DESC LIMIT 1) own
                 LEFT JOIN LATERAL (
                    SELECT p.amount_minor FROM catalog_price p
                     WHERE p.brand_id = i.brand_id AND p.price_list = '' AND p.item_id = i.id
                       AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
                     ORDER BY p.valid_from DESC LIMIT 1) base ON true
                WHERE l.code <> '' AND own.amount_minor IS DISTINCT FROM base.amount_minor))
         ORDER BY i.sku LIMIT %(limit)s
    )
    SELECT page.id, page.sku, page.title, page.category, cost.cost_minor, l.code, now.amount_minor, now.valid_from,
           now.valid_to, later.amount_minor, later.valid_from
      FROM page CROSS JOIN unnest(%(lists)s::text[]) l(code)
      LEFT JOIN LATERAL (
          SELECT p.amount_minor, p.valid_from, p.valid_to FROM catalog_price p
           WHERE p.brand_id = %(brand)s AND p.price_list = l.code AND p.item_id = page.id
             AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
           ORDER BY p.valid_from DESC LIMIT 1) now ON true
      LEFT JOIN LATERAL (
          SELECT p.amount_minor, p.valid_from FROM catalog_price p
           WHERE p.brand_id = %(brand)s AND p.price_list = l.code AND p.item_id = page.id AND p.valid_from > %(at)s
           ORDER BY p.valid_from LIMIT 1) later ON true
      LEFT JOIN LATERAL (
          SELECT c.cost_minor FROM catalog_cost c
           WHERE c.brand_id = %(brand)s AND c.item_id = page.id AND c.valid_from <= %(at)s
           ORDER BY c.valid_from DESC LIMIT 1) cost ON true
     ORDER BY page.sku, l.code
"""


def price_table(
    brand_id: UUID,
    *,
    after: str = "",
    search: str = "",
    category: str = "",
    differing: bool = False,
    limit: int = 50,
    at: datetime | None = None,
) -> list[TableRow]:
    """A page of products in order of SKU, each with a cell a list; `differing`: only where a list's own price differs.

    One statement beside the rules.
    """
    words = [f"%{word.translate(_LITERAL)}%" for word in search.lower().split()][:8]
    with in_brand(brand_id):
        codes = sorted({"", *list_rules(brand_id).lists})
        found = rows(
            TABLE,
            {
                "brand": brand_id,
                "after": after,
                "category": category,
                "words": words or None,
                "differing": differing,
                "lists": codes,
                "limit": max(1, min(limit, MAX_PAGE)),
                "at": at or clock.now(),
            },
        )
    table: dict[UUID, list[Any]] = {}
    for item_id, sku, title, shelf, cost, code, *cell in found:
        kept = table.setdefault(item_id, [sku, title, shelf, cost, {}])
        kept[4][code] = Cell(code, *cell)
    return [
        TableRow(i, sku, title, cat, cost, cells, _differs(cells))
        for i, (sku, title, cat, cost, cells) in table.items()
    ]


_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def _differs(cells: dict[str, Cell]) -> tuple[str, ...]:
    base = cells[""].amount_minor
    return tuple(code for code, cell in cells.items() if code and cell.amount_minor not in (None, base))


def price_policies(brand_id: UUID) -> list[PricePolicy]:
    """Every recorded policy, the latest first; those that ended too."""
    return sorted(list_rules(brand_id).policies, key=lambda policy: policy.valid_from, reverse=True)


CATEGORIES = """
    SELECT category, count(*) FROM catalog_item WHERE brand_id = %(brand)s AND active AND category <> ''
     GROUP BY category ORDER BY category LIMIT 500
"""


def item_categories(brand_id: UUID) -> list[tuple[str, int]]:
    """The categories of items on sale, as items name them, with how many."""
    with in_brand(brand_id):
        return [(name, count) for name, count in rows(CATEGORIES, {"brand": brand_id})]
