"""Writes of payments: what is paid, what is given back, what providers are asked."""

from datong.payments.actions.connect import heard, provider_of, put_provider
from datong.payments.actions.intents import (
    ask_again,
    ask_soon,
    begin_intent,
    end_intents,
    lock_intent,
    mark_intent,
    opened,
    refund_call,
    send_later,
    take_intents,
    take_refunds,
)
from datong.payments.actions.pay import confirm, record
from datong.payments.actions.refund import refund, refund_done

__all__ = [
    "ask_again",
    "ask_soon",
    "begin_intent",
    "confirm",
    "end_intents",
    "heard",
    "lock_intent",
    "mark_intent",
    "opened",
    "provider_of",
    "put_provider",
    "record",
    "refund",
    "refund_call",
    "refund_done",
    "send_later",
    "take_intents",
    "take_refunds",
]
