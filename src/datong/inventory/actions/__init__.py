"""Writes of inventory, each one function; every writer locks stock rows in the order (location, item)."""

from datong.inventory.actions.hold import expire, release, reserve
from datong.inventory.actions.recount import recount
from datong.inventory.actions.sell import lock_for, sell
from datong.inventory.actions.ship import keep, ship
from datong.inventory.actions.soldout import back_on_sale, back_when_due, set_sold_out, undo_sold_out
from datong.inventory.actions.stock import count, put_stock, receive

__all__ = [
    "back_on_sale",
    "back_when_due",
    "count",
    "expire",
    "keep",
    "lock_for",
    "put_stock",
    "receive",
    "recount",
    "release",
    "reserve",
    "sell",
    "set_sold_out",
    "ship",
    "undo_sold_out",
]
