"""Reads of inventory."""

from datong.inventory.queries.soldout import sold_out, sold_out_items, sold_out_places
from datong.inventory.queries.stock import (
    Audit,
    LocationStock,
    audit,
    free_rows,
    holds_of,
    items_in_stock,
    open_shortfalls,
    sellable,
    stock_at,
    stock_by_location,
    stock_of,
)

__all__ = [
    "Audit",
    "LocationStock",
    "audit",
    "free_rows",
    "holds_of",
    "items_in_stock",
    "open_shortfalls",
    "sellable",
    "sold_out",
    "sold_out_items",
    "sold_out_places",
    "stock_at",
    "stock_by_location",
    "stock_of",
]
