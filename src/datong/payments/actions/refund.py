"""Money given back: asked for once, never more than was paid, and told to the others."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.payments import rules
from datong.payments.events import RefundDue, Refunded
from datong.payments.queries import refund_of
from datong.payments.types import Refund, RefundAsk, RefundState

# The payment's lock makes refunds of one order come one after the other.
PAYMENT = """
    SELECT id, amount_minor, currency, state FROM payments_payment
     WHERE brand_id = %(brand)s AND order_id = %(order)s ORDER BY (state = 'paid') DESC, id LIMIT 1 FOR NO KEY UPDATE
"""
ASKED = """
    SELECT id, payment_id, order_id, amount_minor, currency, state, reason, by, asked_at, provider_ref, done_at, key
      FROM payments_refund WHERE brand_id = %(brand)s AND order_id = %(order)s ORDER BY id
"""
PUT = """
    INSERT INTO payments_refund (brand_id, id, payment_id, order_id, key, amount_minor, currency, state, reason, by,
                                 asked_at, provider_ref, done_at)
    VALUES (%(brand)s, %(id)s, %(payment)s, %(order)s, %(key)s, %(amount)s, %(currency)s, %(state)s, %(reason)s,
            %(by)s, %(now)s, %(ref)s, %(done)s)
"""


def refund(ask: RefundAsk, *, brand: UUID, by: str) -> Refund:
    """Owe the customer money back, or note that it was given back already; the refund as it stands.

    The same key again is the same refund. Raises BadValue when the amount is not above 0, differs from what the key
    was used for, or is more than what was paid less what is given back already; Conflict when nothing was paid.
    """
    rules.check_refund(ask)
    with in_brand(brand):
        found = rows(PAYMENT, {"brand": brand, "order": ask.order_id})
        if not found:
            raise NotFound(f"no payment of order {ask.order_id}")
        ((payment_id, paid_minor, currency, state),) = found
        before = rows(ASKED, {"brand": brand, "order": ask.order_id})
        for row in before:
            if row[11] == ask.key:
                return _same(refund_of(row[:11]), ask, brand)
        if state != "paid":
            raise Conflict(f"nothing was paid for order {ask.order_id} that could be given back")
        if currency != ask.currency:
            raise BadValue("currency", ask.currency, f"the currency that was paid, {currency}")
        left = paid_minor - sum(row[3] for row in before)
        if ask.amount_minor > left:
            raise BadValue("amount_minor", ask.amount_minor, f"at most {left}: that is what is left of the payment")
        now = clock.now()
        made = Refund(
            id=uuid7(),
            payment_id=payment_id,
            order_id=ask.order_id,
            amount_minor=ask.amount_minor,
            currency=currency,
            state=RefundState.DONE if ask.done else RefundState.DUE,
            reason=ask.reason,
            by=by[:120],
            asked_at=now,
            provider_ref=ask.provider_ref,
            done_at=now if ask.done else None,
        )
        _put(made, ask.key, brand)
        return made


def _same(there: Refund, ask: RefundAsk, brand: UUID) -> Refund:
    if there.amount_minor != ask.amount_minor:
        raise BadValue("amount_minor", ask.amount_minor, f"{there.amount_minor}, as this refund was asked for before")
    if ask.done and there.state is RefundState.DUE:
        there = refund_done(there.id, provider_ref=ask.provider_ref, brand=brand)
    return replace(there, repeat=True)


def _put(made: Refund, key: str, brand: UUID) -> None:
    execute(
        PUT,
        {
            "brand": brand,
            "id": made.id,
            "payment": made.payment_id,
            "order": made.order_id,
            "key": key,
            "amount": made.amount_minor,
            "currency": made.currency,
            "state": made.state.value,
            "reason": made.reason,
            "by": made.by,
            "now": made.asked_at,
            "ref": made.provider_ref,
            "done": made.done_at,
        },
    )
    event = Refunded if made.state is RefundState.DONE else RefundDue
    outbox.emit(event(made.id, made.payment_id, made.order_id, made.amount_minor, made.currency))


DONE = """
    UPDATE payments_refund SET state = 'done', provider_ref = %(ref)s, done_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'due'
    RETURNING id
"""
ONE = """
    SELECT id, payment_id, order_id, amount_minor, currency, state, reason, by, asked_at, provider_ref, done_at
      FROM payments_refund WHERE brand_id = %(brand)s AND id = %(id)s
"""


def refund_done(refund_id: UUID, *, provider_ref: str, brand: UUID) -> Refund:
    """The money is back with the customer: told once, however often it is said. An empty reference is cash."""
    if provider_ref and not rules.is_ref(provider_ref):
        raise BadValue("provider_ref", provider_ref, f"at most {rules.MAX_REF} printable characters")
    with in_brand(brand):
        key = {"brand": brand, "id": refund_id, "ref": provider_ref, "now": clock.now()}
        first = rows(DONE, key)
        found = rows(ONE, key)
        if not found:
            raise NotFound(f"no refund {refund_id}")
        made = refund_of(found[0])
        if first:
            outbox.emit(Refunded(made.id, made.payment_id, made.order_id, made.amount_minor, made.currency))
        return made
