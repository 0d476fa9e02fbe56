"""The public face of customers."""

from datong.customers.actions import add_touch, finish_touch, identify
from datong.customers.queries import (
    customer_page,
    customers_by_id,
    due_touches,
    latest_customers,
    merge_proposals,
    search_customers,
    touches_of,
)
from datong.customers.rules import is_masked, problems_of

__all__ = [
    "add_touch",
    "customer_page",
    "customers_by_id",
    "due_touches",
    "finish_touch",
    "identify",
    "is_masked",
    "latest_customers",
    "merge_proposals",
    "problems_of",
    "search_customers",
    "touches_of",
]
