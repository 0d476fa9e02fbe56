"""Writes of insight."""

from datong.insight.actions.days import count_orders
from datong.insight.actions.value import value_customers

__all__ = ["count_orders", "value_customers"]
