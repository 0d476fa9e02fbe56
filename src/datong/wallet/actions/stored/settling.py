"""Till sales paid from the wallet have happened: what their payments have is taken, the rest is a shortfall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.wallet.actions.stored.booking import Captured, Part, book, left_of, parts_of_order, put_state
from datong.wallet.actions.stored.common import booked
from datong.wallet.queries.paying import wallet_payments
from datong.wallet.rules.paying import share_capture
from datong.wallet.types.paying import PaymentState, SoldFromWallet, WalletPayment

BEFORE = """
    SELECT order_id FROM wallet_shortfall WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[])
     UNION SELECT order_id FROM wallet_taken WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[])
"""
LOCK = "SELECT id FROM wallet_payment WHERE brand_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE"


def settle_sales(sales: Sequence[SoldFromWallet], *, brand: UUID) -> list[Captured]:
    """Take for each sale what its payment has; what is missing stands on `asset:shortfall:wallet` and in a row that a
    person closes. A constant number of statements, however many sales.

    Never refused: the goods are gone. A payment that is unknown, over or spent covers nothing; of two sales with one
    payment the first has it. The same again changes nothing.
    """
    if not sales:
        return []
    with in_brand(brand):
        known = {row[0] for row in rows(BEFORE, {"brand": brand, "orders": [sale.order_id for sale in sales]})}
        fresh = [sale for sale in sales if sale.order_id not in known]
        wanted = sorted({sale.payment_id for sale in fresh if sale.payment_id is not None})
        there = [row[0] for row in rows(LOCK, [brand, wanted])] if wanted else []
        payments = wallet_payments(brand, there) if there else {}
        left = {pid: left_of(found) for pid, found in payments.items()}
        parts: list[Part] = []
        got: dict[UUID, int] = {}
        for sale in fresh:
            took = _parts(sale, payments, left)
            got[sale.order_id] = sum(part.amount_minor for part in took)
            parts += took
        missing = [(sale, sale.amount_minor - got[sale.order_id]) for sale in fresh]
        missing = [(sale, short) for sale, short in missing if short]
        short_moves = [booked("wallet.short", n, "shortfall", s.order_id, s.currency) for s, n in missing]
        book(parts, brand=brand, also=short_moves)
        spent = sorted({part.payment.id for part in parts if not sum(left[part.payment.id])})
        put_state(spent, PaymentState.CAPTURED, brand)
        _put_short(missing, payments, brand)
    return [_captured(sale, got) for sale in sales]


def _captured(sale: SoldFromWallet, got: dict[UUID, int]) -> Captured:
    covered = got.get(sale.order_id, sale.amount_minor)
    payment = sale.payment_id or UUID(int=0)
    return Captured(payment, sale.order_id, covered, sale.amount_minor - covered)


def _parts(sale: SoldFromWallet, payments: dict[UUID, WalletPayment], left: dict[UUID, list[int]]) -> list[Part]:
    """What the sale gets; `left` is less by that."""
    payment = payments.get(sale.payment_id) if sale.payment_id else None
    if payment is None or payment.currency != sale.currency:
        return []
    shares = share_capture(min(sale.amount_minor, sum(left[payment.id])), left[payment.id])
    left[payment.id] = [has - share for has, share in zip(left[payment.id], shares, strict=True)]
    return parts_of_order(payment, sale.order_id, shares)


WAITING = """
    SELECT DISTINCT ON (payment_id) payment_id, id FROM wallet_shortfall
     WHERE brand_id = %s AND payment_id = ANY(%s::uuid[]) AND order_id IS NULL AND closed_at IS NULL
     ORDER BY payment_id, id
"""
ADOPT = """
    UPDATE wallet_shortfall s SET order_id = t.order_id, amount_minor = t.amount
      FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[]) t(id, order_id, amount) WHERE s.brand_id = %s AND s.id = t.id
"""
PUT = """
    INSERT INTO wallet_shortfall (brand_id, id, payment_id, order_id, customer_id, amount_minor, currency, at,
                                  closed_by, resolution, note)
    SELECT %s, t.id, t.payment, t.order_id, t.customer, t.amount, t.currency, %s, '', '', %s
      FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[])
           t(id, payment, order_id, customer, amount, currency)
"""


def _put_short(missing: Sequence[tuple[SoldFromWallet, int]], payments: dict[UUID, WalletPayment], brand: UUID) -> None:
    """The row a payment without network opened is the order's, now that it has come; else a new one."""
    if not missing:
        return
    asked = [sale.payment_id for sale, _ in missing if sale.payment_id]
    waiting = dict(rows(WAITING, [brand, asked])) if asked else {}
    adopted: list[tuple[UUID, UUID, int]] = []
    new: list[tuple[Any, ...]] = []
    for sale, short in missing:
        row = waiting.pop(sale.payment_id, None) if sale.payment_id else None
        if row is not None:
            adopted.append((row, sale.order_id, short))
        else:
            payment = payments.get(sale.payment_id) if sale.payment_id else None
            customer = payment.customer_id if payment else None
            new.append((uuid7(), sale.payment_id, sale.order_id, customer, short, sale.currency))
    if adopted:
        execute(ADOPT, [*(list(column) for column in zip(*adopted, strict=True)), brand])
    if new:
        columns = [list(column) for column in zip(*new, strict=True)]
        execute(PUT, [brand, clock.now(), "the payment did not cover it", *columns])
