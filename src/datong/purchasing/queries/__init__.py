"""Reads of purchasing."""

from datong.purchasing.queries.demand import area_demand, coverage, demand_differs, item_demand, series
from datong.purchasing.queries.orders import buyouts, claims, history, on_order, order_of, orders, proposals, subject_of
from datong.purchasing.queries.suppliers import policies, supplier_items, suppliers

__all__ = [
    "area_demand",
    "buyouts",
    "claims",
    "coverage",
    "demand_differs",
    "history",
    "item_demand",
    "on_order",
    "order_of",
    "orders",
    "policies",
    "proposals",
    "series",
    "subject_of",
    "supplier_items",
    "suppliers",
]
