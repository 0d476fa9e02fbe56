"""Writes of customers."""

from datong.customers.actions.bonds import (
    bind,
    keep,
    put_details,
    unbind,
)
from datong.customers.actions.consents import confirm_consents, say_consent, withdraw_all
from datong.customers.actions.identify import identify
from datong.customers.actions.merge import MAX_REASON, merge, refuse_merge, unmerge
from datong.customers.actions.rights import (
    KIND_OF_ERASURE,
    ask_erasure,
    erase_next,
    export_person,
    forget_looks,
    see_customer,
    see_customers,
    settle_erasure,
)
from datong.customers.actions.steps import record_steps
from datong.customers.actions.touches import add_touch, finish_touch

__all__ = [
    "KIND_OF_ERASURE",
    "MAX_REASON",
    "add_touch",
    "ask_erasure",
    "bind",
    "confirm_consents",
    "erase_next",
    "export_person",
    "finish_touch",
    "forget_looks",
    "identify",
    "keep",
    "merge",
    "put_details",
    "record_steps",
    "refuse_merge",
    "say_consent",
    "see_customer",
    "see_customers",
    "settle_erasure",
    "unbind",
    "unmerge",
    "withdraw_all",
]
