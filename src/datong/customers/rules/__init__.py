"""Plain decisions about customers."""

from datong.customers.rules.contacts import contacts_of
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
    "Key",
    "Decided",
    "MAX_VALUE",
    "better_name",
    "contacts_of",
    "decide",
    "fault_of",
    "heads",
    "identifying",
    "is_masked",
    "normalise",
    "problems_of",
]
