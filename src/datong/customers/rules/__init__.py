"""Plain decisions about customers."""

from datong.customers.rules.contacts import contacts_of
from datong.customers.rules.golden import DEFAULTS, checked_rules, choose, golden, joined_name, same_text, split_name
from datong.customers.rules.identities import (
    MAX_VALUE,
    Decided,
    Key,
    better_name,
    decide,
    fault_of,
    heads,
    identifying,
    is_masked,
    normalise,
    problems_of,
)

__all__ = [
    "DEFAULTS",
    "Decided",
    "Key",
    "MAX_VALUE",
    "better_name",
    "checked_rules",
    "choose",
    "contacts_of",
    "decide",
    "fault_of",
    "golden",
    "heads",
    "identifying",
    "is_masked",
    "joined_name",
    "normalise",
    "problems_of",
    "same_text",
    "split_name",
]
