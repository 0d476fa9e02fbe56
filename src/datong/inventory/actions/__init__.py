"""Writes of inventory, each one function; every writer locks stock rows in the order (location, item)."""

from datong.inventory.actions.adjust import adjustment, approved, write_off
from datong.inventory.actions.costs import put_costs
from datong.inventory.actions.counting import close_count, count_lines, drop_count, open_count, tally
from datong.inventory.actions.hold import expire, lessen, release, reserve
from datong.inventory.actions.reasons import add_reason, retire_reason
from datong.inventory.actions.recount import recount
from datong.inventory.actions.sell import lock_for, sell
from datong.inventory.actions.ship import keep, ship
from datong.inventory.actions.soldout import back_on_sale, back_when_due, set_sold_out, undo_sold_out
from datong.inventory.actions.stock import count, put_stock, receive
from datong.inventory.actions.transfers import ask_transfer, cancel_transfer, receive_transfer, send_transfer

__all__ = [
    "add_reason",
    "adjustment",
    "approved",
    "ask_transfer",
    "back_on_sale",
    "back_when_due",
    "cancel_transfer",
    "close_count",
    "count",
    "count_lines",
    "drop_count",
    "expire",
    "keep",
    "lessen",
    "lock_for",
    "open_count",
    "put_costs",
    "put_stock",
    "receive",
    "recount",
    "receive_transfer",
    "release",
    "reserve",
    "retire_reason",
    "sell",
    "send_transfer",
    "set_sold_out",
    "ship",
    "tally",
    "undo_sold_out",
    "write_off",
]
