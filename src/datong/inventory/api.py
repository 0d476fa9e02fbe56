"""The public face of inventory."""

from datong.inventory.actions import count, expire, lock_for, put_stock, receive, release, reserve, sell
from datong.inventory.queries import (
    Audit,
    LocationStock,
    audit,
    free_rows,
    holds_of,
    open_shortfalls,
    stock_by_location,
    stock_of,
)

__all__ = [
    "Audit",
    "LocationStock",
    "audit",
    "count",
    "expire",
    "free_rows",
    "holds_of",
    "lock_for",
    "open_shortfalls",
    "put_stock",
    "receive",
    "release",
    "reserve",
    "sell",
    "stock_by_location",
    "stock_of",
]
