"""The public face of tills."""

from datong.tills.actions import ask_discount, close_fact, register, revoke, take, tell, try_again
from datong.tills.queries import (
    device_of,
    devices_of,
    facts_open,
    facts_waiting,
    get_device,
    get_fact,
    quote_basket,
    sellable,
)

__all__ = [
    "ask_discount",
    "close_fact",
    "device_of",
    "devices_of",
    "facts_open",
    "facts_waiting",
    "get_device",
    "get_fact",
    "quote_basket",
    "register",
    "revoke",
    "sellable",
    "take",
    "tell",
    "try_again",
]
