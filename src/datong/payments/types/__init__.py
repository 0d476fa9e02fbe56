"""Nouns of payments (支付): an intent to be paid, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PaymentMethod(StrEnum):
    """How an order is settled (S-176, S-180)."""

    PREPAID = "prepaid"  # paid online to the brand before the order
    PLATFORM = "platform"  # paid to a marketplace, which owes it to the brand
    TILL = "till"  # paid at the counter, done
    PAY_AT_STORE = "pay_at_store"
    CASH_ON_DELIVERY = "cash_on_delivery"
    STORED_VALUE = "stored_value"  # from the wallet, which holds a payment for it


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


class AttemptOutcome(StrEnum):
    """What one attempt on a payment came to; each is a row that stays."""

    ASKED = "asked"  # recorded, nothing paid yet
    PAID = "paid"
    REPEATED = "repeated"  # the same reference again: the provider called twice
    PAID_AGAIN = "paid_again"  # another reference for what was paid: money to give back
    AMOUNT_DIFFERS = "amount_differs"
    REF_USED = "ref_used"  # the reference belongs to another payment


@dataclass(frozen=True, slots=True)
class Attempt:
    outcome: AttemptOutcome
    amount_minor: int
    provider_ref: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it stands; `attempts` are what happened to it, oldest first."""

    id: UUID
    order_id: UUID
    method: PaymentMethod
    amount_minor: int
    currency: str
    state: PaymentState
    provider_ref: str
    created_at: datetime
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class RefUsed:
    """An ask whose reference was recorded for another order before: its payment is pending, somebody must look."""

    order_id: UUID
    provider_ref: str
    used_by: UUID


class RefundState(StrEnum):
    DUE = "due"  # we owe it: somebody or a provider must pay it back
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RefundAsk:
    """Money to give back for an order, whole minor units above 0.

    `key` is the caller's own: the same ask again is the same refund. `done`: it was given back already, e.g. by the
    platform or the shop where it was paid; `provider_ref` is then the provider's number of the refund.
    """

    order_id: UUID
    amount_minor: int
    currency: str
    reason: str
    key: str
    done: bool = False
    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back or to be given back, as it stands. `repeat`: this very refund had been asked for before."""

    id: UUID
    payment_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str
    state: RefundState
    reason: str
    by: str
    asked_at: datetime
    provider_ref: str = ""
    done_at: datetime | None = None
    repeat: bool = False
