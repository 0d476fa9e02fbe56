"""Writes of invoices."""

from datong.invoices.actions.apply import ask_for_order, ask_for_top_up, ask_red, correct, drop, due_of, what_for
from datong.invoices.actions.hearing import hear, receive_call
from datong.invoices.actions.reds import red_letters_due
from datong.invoices.actions.sending import send_due
from datong.invoices.actions.settings import put_seller, put_tax_codes

__all__ = [
    "ask_for_order",
    "ask_for_top_up",
    "ask_red",
    "correct",
    "drop",
    "due_of",
    "hear",
    "put_seller",
    "put_tax_codes",
    "receive_call",
    "red_letters_due",
    "send_due",
    "what_for",
]
