"""Writes of customers."""

from datong.customers.actions.consents import confirm_consents, say_consent, withdraw_all
from datong.customers.actions.identify import identify
from datong.customers.actions.merge import MAX_REASON, merge, refuse_merge, unmerge
from datong.customers.actions.steps import record_steps
from datong.customers.actions.touches import add_touch, finish_touch

__all__ = [
    "MAX_REASON",
    "add_touch",
    "confirm_consents",
    "finish_touch",
    "identify",
    "merge",
    "record_steps",
    "refuse_merge",
    "say_consent",
    "unmerge",
    "withdraw_all",
]
