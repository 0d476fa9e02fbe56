"""Prices as they stand for many items at once: in force at a moment, and by their rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from datong.catalog.types import Price
from datong.kernel.bulk import array
from datong.kernel.db import in_brand, rows

IN_FORCE = """
    SELECT w.price_list, w.sku, p.amount_minor, p.valid_from
      FROM unnest(%(lists)s::text[], %(skus)s::text[]) AS w(price_list, sku)
     CROSS JOIN LATERAL (
           SELECT id FROM catalog_item WHERE brand_id = %(brand)s AND sku = w.sku LIMIT 1) i
     CROSS JOIN LATERAL (
           SELECT amount_minor, valid_from FROM catalog_price p
            WHERE p.brand_id = %(brand)s AND p.price_list = w.price_list AND p.item_id = i.id
              AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
            ORDER BY p.valid_from DESC LIMIT 1) p
"""


def prices_in_force(
    brand_id: UUID, asked: Iterable[tuple[str, str]], at: datetime
) -> dict[tuple[str, str], tuple[int, datetime]]:
    """(list, sku) -> (amount in minor units, since when) of what holds at a moment; one statement."""
    wanted = list(asked)
    key = {"brand": brand_id, "at": at, "lists": array(a for a, _ in wanted), "skus": array(b for _, b in wanted)}
    with in_brand(brand_id):
        return {(lst, sku): (amount, since) for lst, sku, amount, since in rows(IN_FORCE, key)}


ROWS = """
    SELECT w.price_list, w.sku, w.valid_from, p.amount_minor, p.valid_to
      FROM unnest(%(lists)s::text[], %(skus)s::text[], %(froms)s::timestamptz[]) AS w(price_list, sku, valid_from)
      JOIN catalog_item i ON i.brand_id = %(brand)s AND i.sku = w.sku
      JOIN catalog_price p ON p.brand_id = %(brand)s AND p.price_list = w.price_list AND p.item_id = i.id
                          AND p.valid_from = w.valid_from
"""


def price_rows(
    brand_id: UUID, asked: Iterable[tuple[str, str, datetime]]
) -> dict[tuple[str, str, datetime], tuple[int, datetime | None]]:
    """(list, sku, from) -> (amount, until) of the dated rows that begin exactly then; one statement."""
    wanted = list(asked)
    lists, skus, froms = ([each[i] for each in wanted] for i in range(3))
    with in_brand(brand_id):
        found = rows(ROWS, {"brand": brand_id, "lists": lists, "skus": skus, "froms": froms})
    return {(lst, sku, start): (amount, until) for lst, sku, start, amount, until in found}


PAGE = """
    SELECT i.sku, p.amount_minor, p.valid_from, p.valid_to, p.price_list
      FROM catalog_price p JOIN catalog_item i ON i.brand_id = p.brand_id AND i.id = p.item_id
     WHERE p.brand_id = %(brand)s AND i.sku = ANY(%(skus)s::text[]) AND (p.valid_to IS NULL OR p.valid_to > %(now)s)
       AND (p.valid_from > %(now)s OR p.valid_from = (
           SELECT max(q.valid_from) FROM catalog_price q
            WHERE q.brand_id = p.brand_id AND q.price_list = p.price_list AND q.item_id = p.item_id
              AND q.valid_from <= %(now)s AND (q.valid_to IS NULL OR q.valid_to > %(now)s)))
     ORDER BY i.sku, p.price_list, p.valid_from
"""


def prices_of(brand_id: UUID, skus: Iterable[str], now: datetime) -> list[Price]:
    """What these items cost now and later, in every list."""
    with in_brand(brand_id):
        return [Price(*row) for row in rows(PAGE, {"brand": brand_id, "skus": list(skus), "now": now})]
