"""The public face of customers."""

from datong.customers.actions import MAX_REASON, add_touch, finish_touch, identify, merge, refuse_merge, unmerge
from datong.customers.queries import (
    count_proposals,
    customer_page,
    customers_by_id,
    due_touches,
    latest_customers,
    merge_proposals,
    records_of,
    search_customers,
    touches_of,
)
from datong.customers.rules import is_masked, problems_of

__all__ = [
    "MAX_REASON",
    "add_touch",
    "count_proposals",
    "customer_page",
    "customers_by_id",
    "due_touches",
    "finish_touch",
    "identify",
    "is_masked",
    "latest_customers",
    "merge",
    "merge_proposals",
    "problems_of",
    "records_of",
    "refuse_merge",
    "search_customers",
    "touches_of",
    "unmerge",
]
