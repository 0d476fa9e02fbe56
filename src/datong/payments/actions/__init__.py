"""Writes of payments: what is paid, and what is given back."""

from datong.payments.actions.pay import confirm, record
from datong.payments.actions.refund import refund, refund_done

__all__ = ["confirm", "record", "refund", "refund_done"]
