"""Tables of orders."""

from datong.orders.models.baskets import (
    Basket,
    BasketLine,
)
from datong.orders.models.book import (
    Allocation,
    Claim,
    Decision,
    Event,
    Finding,
    Line,
    Order,
    SourcingRule,
    StoreDay,
    Tax,
    Withdrawal,
)
from datong.orders.models.credit import Credit, CreditRule
from datong.orders.models.returns import Return, ReturnLine
from datong.orders.models.short import Question

__all__ = [
    "Question",
    "Basket",
    "BasketLine",
    "Allocation",
    "Claim",
    "Credit",
    "CreditRule",
    "Decision",
    "Event",
    "Finding",
    "Line",
    "Order",
    "Return",
    "ReturnLine",
    "SourcingRule",
    "StoreDay",
    "Tax",
    "Withdrawal",
]
