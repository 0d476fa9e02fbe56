"""Nouns of payments (支付): an intent to be paid, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class PaymentMethod(StrEnum):
    """How an order is settled (S-176, S-180)."""

    PREPAID = "prepaid"  # paid online to the brand before the order
    PLATFORM = "platform"  # paid to a marketplace, which owes it to the brand
    TILL = "till"  # paid at the counter, done
    PAY_AT_STORE = "pay_at_store"
    CASH_ON_DELIVERY = "cash_on_delivery"


class PaymentState(StrEnum):
    PENDING = "pending"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class PaymentAsk:
    """What is to be recorded for an order; `provider_ref` is the provider's own number when it is paid already."""

    order_id: UUID
    method: PaymentMethod
    amount_minor: int
    currency: str
    state: PaymentState
    provider_ref: str = ""
