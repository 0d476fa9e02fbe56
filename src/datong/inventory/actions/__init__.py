"""Writes of inventory, each one function; every writer locks stock rows in the order (location, item)."""

from datong.inventory.actions.hold import expire, release, reserve
from datong.inventory.actions.sell import lock_for, sell
from datong.inventory.actions.stock import count, put_stock, receive

__all__ = ["count", "expire", "lock_for", "put_stock", "receive", "release", "reserve", "sell"]
