"""Reads of payments from the wallet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.wallet.types.paying import Back, PaymentState, Shortfall, Take, TakeKind, WalletPayment

PAYMENT = "p.id, p.state, p.amount_minor, p.currency, p.customer_id, p.due_minor, p.short_minor, p.at, p.expires_at"
TAKE = "t.id, t.kind, t.amount_minor, t.purse_id, t.part, t.name, t.ref, t.captured_minor, t.points"
READ = f"""
    SELECT {PAYMENT}, {TAKE} FROM wallet_payment p
      LEFT JOIN wallet_take t ON t.brand_id = p.brand_id AND t.payment_id = p.id
"""  # noqa: S608  constants only
BY_ID = f"{READ} WHERE p.brand_id = %s AND p.id = ANY(%s::uuid[]) ORDER BY p.id, t.id"
BY_KEY = f"{READ} WHERE p.brand_id = %s AND p.key = %s ORDER BY t.id"


def payments_from(found: Sequence[Sequence[Any]]) -> list[WalletPayment]:
    """Rows of READ as payments, each with its takes."""
    heads: dict[UUID, Sequence[Any]] = {}
    takes: dict[UUID, list[Take]] = {}
    for row in found:
        heads[row[0]] = row
        mine = takes.setdefault(row[0], [])
        if row[9] is not None:
            mine.append(Take(row[9], TakeKind(row[10]), *row[11:18]))
    return [WalletPayment(row[0], PaymentState(row[1]), *(*row[2:9], tuple(takes[row[0]]))) for row in heads.values()]


def wallet_payments(brand: UUID, ids: Sequence[UUID]) -> dict[UUID, WalletPayment]:
    """These payments with what they took, those that exist; one statement."""
    with in_brand(brand):
        return {payment.id: payment for payment in payments_from(rows(BY_ID, [brand, list(ids)]))}


def wallet_payment(brand: UUID, payment_id: UUID) -> WalletPayment:
    found = wallet_payments(brand, [payment_id])
    if not found:
        raise NotFound(f"no payment {payment_id} of the wallet")
    return found[payment_id]


def payment_by_key(brand: UUID, key: str) -> WalletPayment | None:
    with in_brand(brand):
        found = payments_from(rows(BY_KEY, [brand, key]))
    return found[0] if found else None


SHORT = """
    SELECT id, payment_id, order_id, customer_id, amount_minor, currency, at, closed_at, closed_by, resolution, note
      FROM wallet_shortfall
"""
OPEN = f"{SHORT} WHERE brand_id = %s AND closed_at IS NULL ORDER BY id LIMIT %s"
SHORT_BY_ID = f"{SHORT} WHERE brand_id = %s AND id = %s FOR NO KEY UPDATE"


def open_shortfalls(brand: UUID, *, limit: int = 100) -> list[Shortfall]:
    """Shortfalls that wait for a person, the oldest first."""
    with in_brand(brand):
        return [Shortfall(*row) for row in rows(OPEN, [brand, limit])]


RETURNED = """
    SELECT refund_id, kind, amount_minor, purse_id, part, name, ref, points, returned FROM wallet_returned
     WHERE brand_id = %s AND order_id = %s AND refund_id IS NOT NULL ORDER BY id LIMIT 1000
"""


def returned_of(brand: UUID, order_id: UUID) -> dict[UUID, list[Back]]:
    """What of each refund of an order went back where; one statement."""
    found: dict[UUID, list[Back]] = {}
    with in_brand(brand):
        for refund_id, kind, *rest in rows(RETURNED, [brand, order_id]):
            found.setdefault(refund_id, []).append(Back(TakeKind(kind), *rest))
    return found
