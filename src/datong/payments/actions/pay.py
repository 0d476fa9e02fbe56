"""Writes of payments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.payments import rules
from datong.payments.events import PaymentConfirmed, PaymentQuestioned
from datong.payments.queries import payment
from datong.payments.types import AttemptOutcome, Payment, PaymentAsk, PaymentState, RefUsed

Row = tuple[UUID, UUID, PaymentAsk]
"""(payment id, attempt id, ask)"""

RECORD = """
    WITH ask AS (
        SELECT * FROM unnest(%(ids)s::uuid[], %(attempts)s::uuid[], %(orders)s::uuid[], %(methods)s::text[],
                             %(amounts)s::bigint[], %(currencies)s::text[], %(states)s::text[], %(refs)s::text[],
                             %(outcomes)s::text[], %(shown)s::text[])
                   AS ask(id, attempt_id, order_id, method, amount, currency, state, ref, outcome, shown)
    ), put AS (
        INSERT INTO payments_payment (brand_id, id, order_id, method, amount_minor, currency, state, provider_ref,
                                      created_at)
        SELECT %(brand)s, id, order_id, method, amount, currency, state, ref, %(now)s FROM ask
         ORDER BY ref, id                      -- all batches claim references in one order
        ON CONFLICT (brand_id, provider_ref) WHERE NOT provider_ref = '' DO NOTHING
        RETURNING id
    ), noted AS (
        INSERT INTO payments_attempt (brand_id, id, payment_id, outcome, amount_minor, provider_ref, by, at)
        SELECT %(brand)s, attempt_id, id, outcome, amount, shown, %(by)s, %(now)s FROM ask
         WHERE id IN (SELECT id FROM put)
    )
    SELECT id FROM put
"""
OWNERS = """
    SELECT provider_ref, order_id FROM payments_payment
     WHERE brand_id = %(brand)s AND provider_ref = ANY(%(refs)s::text[]) AND provider_ref <> ''
"""


def record(asks: Sequence[PaymentAsk], *, brand: UUID, by: str = "order") -> tuple[RefUsed, ...]:
    """Record what is to be paid or has been paid for many orders; one statement when all references are new.

    A provider's reference is recorded once in a brand (the caller makes it unique among providers). The same order
    with the same reference again changes nothing. A reference that belongs to another order proves no payment: it is
    kept as an attempt, the payment waits as pending, and the pair is returned and announced (four statements then).
    """
    rules.check_asks(asks)
    batch = [(uuid7(), uuid7(), ask) for ask in asks]
    if not batch:
        return ()
    now = clock.now()
    with in_brand(brand):
        put = _put(batch, brand, by, now)
        lost = [row for row in batch if row[0] not in put]
        if not lost:
            return ()
        owners = dict(rows(OWNERS, {"brand": brand, "refs": [ask.provider_ref for _, _, ask in lost]}))
        used = [row for row in lost if owners[row[2].provider_ref] != row[2].order_id]
        if used:
            _put(used, brand, by, now, outcome=AttemptOutcome.REF_USED)
        outbox.emit(*(_questioned(row) for row in used))
        return tuple(RefUsed(ask.order_id, ask.provider_ref, owners[ask.provider_ref]) for _, _, ask in used)


def _questioned(row: Row) -> PaymentQuestioned:
    payment_id, _, ask = row
    outcome = AttemptOutcome.REF_USED.value
    return PaymentQuestioned(payment_id, ask.order_id, outcome, ask.amount_minor, ask.currency)


def _put(
    batch: Sequence[Row], brand: UUID, by: str, now: datetime, *, outcome: AttemptOutcome | None = None
) -> set[UUID]:
    """Insert payments with their first attempt; with `outcome` given they are pending and claim no reference."""
    asks = [ask for _, _, ask in batch]
    plain = {PaymentState.PAID: AttemptOutcome.PAID, PaymentState.PENDING: AttemptOutcome.ASKED}
    params = {
        "brand": brand,
        "now": now,
        "by": by[:120],
        "ids": [payment_id for payment_id, _, _ in batch],
        "attempts": [attempt_id for _, attempt_id, _ in batch],
        "orders": [ask.order_id for ask in asks],
        "methods": [ask.method.value for ask in asks],
        "amounts": [ask.amount_minor for ask in asks],
        "currencies": [ask.currency for ask in asks],
        "states": [PaymentState.PENDING.value if outcome else ask.state.value for ask in asks],
        "refs": ["" if outcome else ask.provider_ref for ask in asks],
        "outcomes": [(outcome or plain[ask.state]).value for ask in asks],
        "shown": [ask.provider_ref for ask in asks],
    }
    return {payment_id for (payment_id,) in rows(RECORD, params)}


LOCK = """
    SELECT id, order_id, method, amount_minor, currency, state, provider_ref, created_at FROM payments_payment
     WHERE brand_id = %(brand)s AND id = %(id)s FOR NO KEY UPDATE
"""
USED_BY_OTHER = """
    SELECT 1 FROM payments_payment
     WHERE brand_id = %(brand)s AND provider_ref = %(ref)s AND provider_ref <> '' AND id <> %(id)s
"""
PAY = """
    UPDATE payments_payment SET state = 'paid', provider_ref = %(ref)s WHERE brand_id = %(brand)s AND id = %(id)s
"""
NOTE = """
    INSERT INTO payments_attempt (brand_id, id, payment_id, outcome, amount_minor, provider_ref, by, at)
    VALUES (%(brand)s, %(attempt)s, %(id)s, %(outcome)s, %(amount)s, %(ref)s, %(by)s, %(now)s)
"""


def confirm(payment_id: UUID, *, amount_minor: int, provider_ref: str, brand: UUID, by: str) -> AttemptOutcome:
    """Take a provider's or a counter's word that a payment was made; what it came to.

    Pending becomes paid once, under the payment's lock. A second message, another amount or a reference of another
    payment is kept as an attempt and announced, never dropped and never counted. An empty reference is cash.
    """
    if type(amount_minor) is not int or amount_minor < 0:
        raise BadValue("amount_minor", amount_minor, "whole minor units, not negative")
    if provider_ref and not rules.is_ref(provider_ref):
        raise BadValue("provider_ref", provider_ref, f"at most {rules.MAX_REF} printable characters")
    params = {"brand": brand, "id": payment_id, "ref": provider_ref}
    with in_brand(brand):
        found = rows(LOCK, params)
        if not found:
            raise NotFound(f"no payment {payment_id}")
        before = payment(found[0])
        others = bool(rows(USED_BY_OTHER, params))
        outcome = rules.outcome_of(before, amount_minor, provider_ref, ref_is_others=others)
        if outcome is AttemptOutcome.PAID and not _pay(params):
            outcome = AttemptOutcome.REF_USED
        note = {
            "attempt": uuid7(),
            "outcome": outcome.value,
            "amount": amount_minor,
            "by": by[:120],
            "now": clock.now(),
        }
        execute(NOTE, {**params, **note})
        outbox.emit(*_announced(before, outcome, amount_minor))
    return outcome


def _pay(params: dict[str, object]) -> bool:
    """False when another payment takes the same reference at this moment."""
    try:
        with savepoint():
            return bool(execute(PAY, params))
    except IntegrityError:
        return False


def _announced(
    before: Payment, outcome: AttemptOutcome, amount_minor: int
) -> tuple[PaymentConfirmed | PaymentQuestioned, ...]:
    if outcome is AttemptOutcome.PAID:
        return (PaymentConfirmed(before.id, before.order_id, amount_minor, before.currency),)
    if outcome in rules.QUESTIONED:
        return (PaymentQuestioned(before.id, before.order_id, outcome.value, amount_minor, before.currency),)
    return ()
