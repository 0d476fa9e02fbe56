"""The public face of customers."""

from datong.customers.actions import identify
from datong.customers.queries import customer_page, customers_by_id, merge_proposals, search_customers
from datong.customers.rules import is_masked, problems_of

__all__ = [
    "customer_page",
    "customers_by_id",
    "identify",
    "is_masked",
    "merge_proposals",
    "problems_of",
    "search_customers",
]
