"""Writes of customers."""

from datong.customers.actions.identify import identify
from datong.customers.actions.touches import add_touch, finish_touch

__all__ = ["add_touch", "finish_touch", "identify"]
