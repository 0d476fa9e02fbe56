"""Facts of payments that others may hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PaymentConfirmed:
    """What was pending is paid."""

    name: ClassVar[str] = "payments.confirmed"
    version: ClassVar[int] = 1
    payment_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class PaymentQuestioned:
    """A payment needs a hand; `outcome` is types.AttemptOutcome: paid_again, amount_differs or ref_used."""

    name: ClassVar[str] = "payments.questioned"
    version: ClassVar[int] = 1
    payment_id: UUID
    order_id: UUID
    outcome: str
    amount_minor: int
    currency: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class RefundDue:
    """Money is to be given back; whoever pays it back says so with `payments.refunded`."""

    name: ClassVar[str] = "payments.refund_due"
    version: ClassVar[int] = 1
    refund_id: UUID
    payment_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money was given back."""

    name: ClassVar[str] = "payments.refunded"
    version: ClassVar[int] = 1
    refund_id: UUID
    payment_id: UUID
    order_id: UUID
    amount_minor: int
    currency: str

    @property
    def aggregate(self) -> UUID:
        return self.order_id
