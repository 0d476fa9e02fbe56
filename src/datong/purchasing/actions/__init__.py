"""Writes of purchasing, each one function."""

from datong.purchasing.actions.buy import (
    approved,
    cancel_order,
    confirm_order,
    create_order,
    order_text,
    send_order,
    submit_order,
    turned_down,
)
from datong.purchasing.actions.demand import count_demand, keep_coverage, put_history, rebuild_demand
from datong.purchasing.actions.levels import put_levels
from datong.purchasing.actions.propose import order_proposed, outlook, propose
from datong.purchasing.actions.receive import close_order, receive_goods, settle_claim
from datong.purchasing.actions.send import mail_order, order_pdf
from datong.purchasing.actions.suppliers import put_supplier, put_supplier_items, renew_link

__all__ = [
    "approved",
    "cancel_order",
    "close_order",
    "confirm_order",
    "count_demand",
    "create_order",
    "keep_coverage",
    "mail_order",
    "order_proposed",
    "order_pdf",
    "order_text",
    "outlook",
    "propose",
    "put_history",
    "put_levels",
    "put_supplier",
    "put_supplier_items",
    "rebuild_demand",
    "receive_goods",
    "renew_link",
    "send_order",
    "settle_claim",
    "submit_order",
    "turned_down",
]
