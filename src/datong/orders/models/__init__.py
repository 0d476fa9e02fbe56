"""Tables of orders."""

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
)

__all__ = [
    "Allocation",
    "Claim",
    "Decision",
    "Event",
    "Finding",
    "Line",
    "Order",
    "SourcingRule",
    "StoreDay",
    "Tax",
]
