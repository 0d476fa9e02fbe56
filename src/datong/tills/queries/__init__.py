"""Reads of tills."""

from datong.tills.queries.devices import device_of, devices_of, get_device
from datong.tills.queries.facts import facts_open, facts_waiting, get_fact
from datong.tills.queries.pricing import quote_basket
from datong.tills.queries.snapshot import sellable

__all__ = [
    "device_of",
    "devices_of",
    "facts_open",
    "facts_waiting",
    "get_device",
    "get_fact",
    "quote_basket",
    "sellable",
]
