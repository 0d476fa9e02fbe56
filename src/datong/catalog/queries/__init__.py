"""Reads of the catalogue: quotes, items, prices, search."""

from datong.catalog.queries.explaining import explain
from datong.catalog.queries.items import items_by_id, items_by_sku, list_items, search_items
from datong.catalog.queries.prices import price_history
from datong.catalog.queries.quoting import RuleBook, list_rules, quote

__all__ = [
    "RuleBook",
    "explain",
    "items_by_id",
    "items_by_sku",
    "list_items",
    "list_rules",
    "price_history",
    "quote",
    "search_items",
]
