"""Reads of payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.payments.types import (
    Attempt,
    AttemptOutcome,
    Payment,
    PaymentMethod,
    PaymentState,
    Refund,
    RefundState,
)

OF_ORDERS = """
    SELECT p.id, p.order_id, p.method, p.amount_minor, p.currency, p.state, p.provider_ref, p.created_at,
           a.outcome, a.amount_minor, a.provider_ref, a.by, a.at
      FROM payments_payment p LEFT JOIN payments_attempt a ON a.brand_id = p.brand_id AND a.payment_id = p.id
     WHERE p.brand_id = %(brand)s AND p.order_id = ANY(%(ids)s::uuid[])
     ORDER BY p.id, a.id
"""


def payments_of(brand_id: UUID, order_ids: Sequence[UUID]) -> dict[UUID, list[Payment]]:
    """The payments of these orders with all that happened to them, oldest first; one statement."""
    payments: dict[UUID, tuple[Any, ...]] = {}
    attempts: dict[UUID, list[Attempt]] = {}
    with in_brand(brand_id):
        for row in rows(OF_ORDERS, {"brand": brand_id, "ids": list(order_ids)}):
            payments[row[0]] = row[:8]
            tried = attempts.setdefault(row[0], [])
            if row[8] is not None:
                tried.append(Attempt(AttemptOutcome(row[8]), *row[9:]))
    found: dict[UUID, list[Payment]] = {}
    for payment_id, row in payments.items():
        found.setdefault(row[1], []).append(payment(row, tuple(attempts[payment_id])))
    return found


def payment(row: tuple[Any, ...], attempts: tuple[Attempt, ...] = ()) -> Payment:
    payment_id, order_id, method, amount, currency, state, ref, created_at = row
    return Payment(
        payment_id, order_id, PaymentMethod(method), amount, currency, PaymentState(state), ref, created_at, attempts
    )


REFUNDS_OF = """
    SELECT id, payment_id, order_id, amount_minor, currency, state, reason, by, asked_at, provider_ref, done_at
      FROM payments_refund WHERE brand_id = %(brand)s AND order_id = ANY(%(ids)s::uuid[]) ORDER BY id
"""


def refunds_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Refund]:
    """What was or is to be given back for these orders, oldest first."""
    with in_brand(brand_id):
        return [refund_of(row) for row in rows(REFUNDS_OF, {"brand": brand_id, "ids": list(order_ids)})]


def refund_of(row: tuple[Any, ...]) -> Refund:
    refund_id, payment_id, order_id, amount, currency, state, reason, by, asked_at, ref, done_at = row
    return Refund(
        refund_id, payment_id, order_id, amount, currency, RefundState(state), reason, by, asked_at, ref, done_at
    )
