"""Reads of customers."""

from datong.customers.queries.bonds import (
    bond_of,
    bonds_of,
    details_of,
    keepings_of,
    kept_by,
    portfolios,
)
from datong.customers.queries.people import (
    MAX_HITS,
    MERGE_COLUMNS,
    consent_history,
    consents_of,
    count_proposals,
    customer_page,
    customers_by_id,
    due_touches,
    latest_customers,
    merge_of,
    merge_proposals,
    records_of,
    search_customers,
    touches_of,
    who_agrees,
)
from datong.customers.queries.rights import data_requests, data_requests_of, looks_at, request_of
from datong.customers.queries.steps import steps_of

__all__ = [
    "MAX_HITS",
    "MERGE_COLUMNS",
    "bond_of",
    "bonds_of",
    "consent_history",
    "consents_of",
    "count_proposals",
    "customer_page",
    "customers_by_id",
    "data_requests",
    "data_requests_of",
    "details_of",
    "due_touches",
    "keepings_of",
    "kept_by",
    "latest_customers",
    "looks_at",
    "merge_of",
    "merge_proposals",
    "portfolios",
    "records_of",
    "request_of",
    "search_customers",
    "steps_of",
    "touches_of",
    "who_agrees",
]
