"""Writes of orders, each one verb."""

from datong.orders.actions.approvals import KIND_OF_REFUND, apply_refund, ask_to_give_back
from datong.orders.actions.baskets import (
    basket_for,
    check_out,
    join_baskets,
    open_basket,
    put_in_basket,
    sweep_baskets,
)
from datong.orders.actions.cancel import cancel, cancel_unpaid
from datong.orders.actions.follow import drop_empty_tasks, follow
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
from datong.orders.actions.stored import pay_from_wallet
from datong.orders.actions.withdraw import Withdrawn, withdraw

__all__ = [
    "ask_providers",
    "end_unpaid",
    "hear_provider",
    "settle_intent",
    "settle_refund",
    "start_payment",
    "basket_for",
    "check_out",
    "join_baskets",
    "open_basket",
    "put_in_basket",
    "sweep_baskets",
    "KIND_OF_REFUND",
    "Claimed",
    "Withdrawn",
    "apply_refund",
    "approve",
    "ask_to_give_back",
    "cancel",
    "cancel_unpaid",
    "claimed",
    "close_finding",
    "differs_in_status_only",
    "drop_empty_tasks",
    "follow",
    "give_back",
    "hear",
    "pay",
    "pay_from_wallet",
    "place",
    "put_rules",
    "resource",
    "retry_waiting",
    "settle_refunds",
    "withdraw",
]
