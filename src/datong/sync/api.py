"""The public face of sync."""

from datong.sync.actions import (
    Learned,
    Sent,
    Step,
    accept_product,
    apply_listings,
    connect,
    learn,
    mark_prices,
    mark_stock,
    pause,
    resend,
    resume,
    say,
    send_due,
    send_round,
)
from datong.sync.queries import Counterpart, address_of, channels_with_work, counterparts, get_link, list_links

__all__ = [
    "Counterpart",
    "Learned",
    "Sent",
    "Step",
    "accept_product",
    "address_of",
    "apply_listings",
    "channels_with_work",
    "connect",
    "counterparts",
    "get_link",
    "learn",
    "list_links",
    "mark_prices",
    "mark_stock",
    "pause",
    "resend",
    "resume",
    "say",
    "send_due",
    "send_round",
]
