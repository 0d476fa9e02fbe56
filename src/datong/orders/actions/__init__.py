"""Writes of orders, each one verb."""

from datong.orders.actions.answer import answer_short, take_defaults
from datong.orders.actions.approvals import KIND_OF_REFUND, apply_refund, ask_to_give_back
from datong.orders.actions.baskets import basket_for, check_out, join_baskets, open_basket, put_in_basket, sweep_baskets
from datong.orders.actions.cancel import cancel, cancel_unpaid
from datong.orders.actions.courier import store_courier_cash, take_courier_cash
from datong.orders.actions.follow import drop_empty_tasks, follow
from datong.orders.actions.handing import hand_over
from datong.orders.actions.hear import Claimed, claimed, differs_in_status_only, hear
from datong.orders.actions.online import (
    ask_providers,
    end_unpaid,
    hear_provider,
    settle_intent,
    settle_refund,
    start_payment,
)
from datong.orders.actions.paid import give_back, pay, settle_refunds
from datong.orders.actions.place import place
from datong.orders.actions.resource import resource, retry_waiting
from datong.orders.actions.settle import approve, close_finding, put_rules
from datong.orders.actions.short import report_short
from datong.orders.actions.stored import pay_from_wallet
from datong.orders.actions.tickets import print_again, print_tickets
from datong.orders.actions.withdraw import Withdrawn, withdraw

__all__ = [
    "print_tickets",
    "print_again",
    "report_short",
    "hand_over",
    "take_defaults",
    "answer_short",
    "Claimed",
    "KIND_OF_REFUND",
    "Withdrawn",
    "apply_refund",
    "approve",
    "ask_providers",
    "ask_to_give_back",
    "basket_for",
    "cancel",
    "cancel_unpaid",
    "check_out",
    "claimed",
    "close_finding",
    "differs_in_status_only",
    "drop_empty_tasks",
    "end_unpaid",
    "follow",
    "give_back",
    "hear",
    "hear_provider",
    "join_baskets",
    "open_basket",
    "pay",
    "pay_from_wallet",
    "place",
    "put_in_basket",
    "put_rules",
    "resource",
    "retry_waiting",
    "settle_intent",
    "settle_refund",
    "settle_refunds",
    "start_payment",
    "store_courier_cash",
    "sweep_baskets",
    "take_courier_cash",
    "withdraw",
]
