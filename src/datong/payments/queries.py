"""Reads of payments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.kernel.secrets import unseal
from datong.payments.types import (
    Attempt,
    AttemptOutcome,
    Payment,
    PaymentMethod,
    PaymentState,
    Refund,
    RefundState,
)
from datong.payments.types.online import (
    Connection,
    Handed,
    Intent,
    IntentState,
    Provider,
    Scene,
    TroubledRefund,
    takes_currency,
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


INTENT = (
    "id, payment_id, order_id, provider, scene, state, amount_minor, currency, sealed, transaction, said, created_at, "
    "expires_at, tries"
)


def intent_of(row: Sequence[Any]) -> Intent:
    sealed = bytes(row[8])
    handed = msgspec.json.decode(unseal(sealed), type=Handed) if sealed else Handed()
    parts = (row[0], row[1], row[2], Provider(row[3]), Scene(row[4]), IntentState(row[5]), row[6], row[7], handed)
    return Intent(*parts, *row[9:14])


INTENTS_OF = f"""
    SELECT {INTENT} FROM payments_intent WHERE brand_id = %s AND order_id = ANY(%s::uuid[]) ORDER BY id DESC LIMIT 100
"""  # noqa: S608  constants only


def intents_of(brand_id: UUID, order_ids: Sequence[UUID]) -> list[Intent]:
    """What providers were asked for these orders, the newest first; at most 100."""
    with in_brand(brand_id):
        return [intent_of(row) for row in rows(INTENTS_OF, [brand_id, list(order_ids)])]


def get_intent(brand_id: UUID, intent_id: UUID) -> Intent:
    """Raises NotFound."""
    with in_brand(brand_id):
        found = rows(f"SELECT {INTENT} FROM payments_intent WHERE brand_id = %s AND id = %s", [brand_id, intent_id])  # noqa: S608
    if not found:
        raise NotFound(f"no payment {intent_id} was asked of a provider")
    return intent_of(found[0])


CONNECTIONS = """
    SELECT provider, base_url, active, changed_at, changed_by, notice_at, notice, trouble_at, trouble
      FROM payments_connection WHERE brand_id = %s ORDER BY provider
"""


def connections(brand_id: UUID) -> list[Connection]:
    """The brand's accounts at providers; no secrets."""
    with in_brand(brand_id):
        return [Connection(Provider(row[0]), *row[1:]) for row in rows(CONNECTIONS, [brand_id])]


def providers_for(brand_id: UUID, currency: str) -> list[Provider]:
    """Who takes payments in this currency now."""
    return [one.provider for one in connections(brand_id) if one.active and takes_currency(one.provider, currency)]


TROUBLED = """
    SELECT id, order_id, amount_minor, currency, said, tries FROM payments_refund
     WHERE brand_id = %s AND state = 'due' AND said <> '' ORDER BY id LIMIT 100
"""


def troubled_refunds(brand_id: UUID) -> list[TroubledRefund]:
    """Refunds a provider did not send when it was asked last, the oldest first; at most 100."""
    with in_brand(brand_id):
        return [TroubledRefund(*row) for row in rows(TROUBLED, [brand_id])]
