"""Writes of sync."""

from datong.sync.actions.learn import Learned, accept_product, apply_listings, learn
from datong.sync.actions.links import connect, pause, resume
from datong.sync.actions.marks import Step, mark_changes, mark_priced, mark_prices, mark_stock, mark_texts, resend, say
from datong.sync.actions.send import Sent, send_due, send_round

__all__ = [
    "Learned",
    "Sent",
    "Step",
    "accept_product",
    "apply_listings",
    "connect",
    "learn",
    "mark_changes",
    "mark_priced",
    "mark_prices",
    "mark_stock",
    "mark_texts",
    "pause",
    "resend",
    "resume",
    "say",
    "send_due",
    "send_round",
]
