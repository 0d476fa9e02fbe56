"""Intents: written before a provider is asked, and what it said after. Nothing here talks to a provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.secrets import seal
from datong.payments import rules
from datong.payments.queries import INTENT, intent_of, payments_of
from datong.payments.types import PaymentState
from datong.payments.types.online import (
    SCENES,
    Handed,
    Intent,
    IntentState,
    Provider,
    RefundCall,
    Scene,
    takes_currency,
)

LEASE = timedelta(minutes=1)
"""How long a worker that asks a provider has it for itself."""

INSERT = """
    INSERT INTO payments_intent (brand_id, id, payment_id, order_id, provider, scene, state, amount_minor, currency,
                                 sealed, transaction, said, created_at, expires_at, next_at, tries, by)
    VALUES (%(brand)s, %(id)s, %(payment)s, %(order)s, %(provider)s, %(scene)s, 'created', %(amount)s, %(currency)s,
            ''::bytea, '', '', %(now)s, %(ends)s, %(next)s, 0, %(by)s)
    ON CONFLICT (brand_id, payment_id, provider, scene) WHERE state IN ('created', 'open') DO NOTHING
"""
LIVE_OF = f"""
    SELECT {INTENT} FROM payments_intent
     WHERE brand_id = %(brand)s AND payment_id = %(payment)s AND provider = %(provider)s AND scene = %(scene)s
       AND state IN ('created', 'open')
"""  # noqa: S608  constants only


def begin_intent(
    order_id: UUID,
    provider: Provider,
    scene: Scene,
    *,
    brand: UUID,
    by: str,
    expires_at: datetime,
    amount_minor: int | None = None,
) -> Intent:
    """Write down that an order's payment is about to be asked of a provider; the one that lives when there is one.

    Raises NotFound without a payment, Conflict when it is paid, BadValue for what the provider does not do.
    """
    mine = payments_of(brand, [order_id]).get(order_id, [])
    if not mine:
        raise NotFound(f"no payment of order {order_id}")
    payment = mine[0]
    if payment.state is PaymentState.PAID:
        raise Conflict("the order is paid")
    if scene is not Scene.CODE and scene not in SCENES[provider]:
        raise BadValue("scene", scene.value, ", ".join(SCENES[provider]))
    if not takes_currency(provider, payment.currency):
        raise BadValue("provider", provider.value, f"one that takes {payment.currency}")
    now = clock.now()
    key = {
        "brand": brand, "id": uuid7(), "payment": payment.id, "order": order_id, "provider": provider.value,
        "scene": scene.value, "amount": amount_minor or payment.amount_minor, "currency": payment.currency, "now": now,
        "ends": expires_at, "next": now + rules.ask_after(0), "by": by[:120],
    }  # fmt: skip
    with in_brand(brand):
        execute(INSERT, key)
        return intent_of(rows(LIVE_OF, key)[0])


OPENED = """
    UPDATE payments_intent SET state = 'open', sealed = %(sealed)s, said = ''
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'created'
"""


def opened(intent_id: UUID, handed: Handed, *, brand: UUID) -> None:
    """The provider has it. One that was paid or closed before its answer came stays what it is."""
    with in_brand(brand):
        sealed = seal(msgspec.json.encode(handed).decode())
        execute(OPENED, {"brand": brand, "id": intent_id, "sealed": sealed})


LOCK = f"SELECT {INTENT} FROM payments_intent WHERE brand_id = %s AND id = %s FOR NO KEY UPDATE"  # noqa: S608
MARK = """
    UPDATE payments_intent SET state = %(state)s, transaction = %(transaction)s, said = %(said)s, next_at = %(now)s,
           amount_minor = coalesce(%(amount)s, amount_minor), currency = coalesce(%(currency)s, currency)
     WHERE brand_id = %(brand)s AND id = %(id)s
"""
HURRY = """
    UPDATE payments_intent SET next_at = %(now)s
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND state IN ('created', 'open')
"""


def lock_intent(intent_id: UUID, *, brand: UUID) -> Intent:
    """Within the caller's transaction. Raises NotFound."""
    found = rows(LOCK, [brand, intent_id])
    if not found:
        raise NotFound(f"no payment {intent_id} was asked of a provider")
    return intent_of(found[0])


def mark_intent(
    intent_id: UUID,
    state: IntentState,
    *,
    brand: UUID,
    transaction: str = "",
    said: str = "",
    amount_minor: int | None = None,
    currency: str | None = None,
) -> None:
    """What became of it; the caller holds its lock. The amount is given where another came than was asked for."""
    with in_brand(brand):
        key: dict[str, object] = {"brand": brand, "id": intent_id, "state": state.value, "now": clock.now()}
        key |= {"transaction": transaction[:120], "said": said[:300], "amount": amount_minor, "currency": currency}
        execute(MARK, key)


def end_intents(order_ids: Sequence[UUID], *, brand: UUID) -> None:
    """Nobody is to pay these orders any more: their providers are asked to close at the next round."""
    with in_brand(brand):
        execute(HURRY, {"brand": brand, "orders": list(order_ids), "now": clock.now()})


SOON = """
    UPDATE payments_intent SET next_at = %(soon)s
     WHERE brand_id = %(brand)s AND order_id = ANY(%(orders)s::uuid[]) AND state IN ('created', 'open')
       AND next_at > %(soon)s
"""


def ask_soon(order_ids: Sequence[UUID], *, brand: UUID) -> None:
    """Somebody looks: the provider is asked within two seconds, however often they look."""
    with in_brand(brand):
        soon = clock.now() + timedelta(seconds=2)
        execute(SOON, {"brand": brand, "orders": list(order_ids), "soon": soon})


TAKE = f"""
    UPDATE payments_intent SET next_at = %(lease)s, tries = tries + 1
     WHERE brand_id = %(brand)s AND id IN (
        SELECT id FROM payments_intent
         WHERE brand_id = %(brand)s AND state IN ('created', 'open', 'return_due') AND next_at <= %(now)s
         ORDER BY next_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING {INTENT}
"""  # noqa: S608
AGAIN = """
    UPDATE payments_intent SET next_at = %(next)s, said = %(said)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state IN ('created', 'open', 'return_due')
"""


def take_intents(*, brand: UUID, limit: int) -> list[Intent]:
    """Intents whose provider is to be asked now; for a minute nobody else has them."""
    now = clock.now()
    with in_brand(brand):
        found = rows(TAKE, {"brand": brand, "now": now, "lease": now + LEASE, "limit": limit})
    return sorted((intent_of(row) for row in found), key=lambda one: one.id)


def ask_again(intent: Intent, *, brand: UUID, said: str = "") -> None:
    """It waits still: asked again later, the longer it waits the later, but at its end in any case."""
    now = clock.now()
    at = now + rules.ask_after(intent.tries)
    if intent.live and intent.expires_at > now:
        at = min(at, intent.expires_at)
    with in_brand(brand):
        execute(AGAIN, {"brand": brand, "id": intent.id, "next": at, "said": said[:300]})


TAKE_REFUNDS = """
    WITH due AS (
        SELECT r.id FROM payments_refund r
         WHERE r.brand_id = %(brand)s AND r.state = 'due' AND (r.send_at IS NULL OR r.send_at <= %(now)s)
           AND EXISTS (SELECT FROM payments_intent i WHERE i.brand_id = r.brand_id AND i.payment_id = r.payment_id
                          AND i.state = 'paid')
         ORDER BY r.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE payments_refund r SET send_at = %(lease)s, tries = r.tries + 1 FROM due
         WHERE r.brand_id = %(brand)s AND r.id = due.id
        RETURNING r.id, r.payment_id, r.amount_minor, r.currency, r.reason, r.tries
    )
    SELECT t.id, t.amount_minor, t.currency, t.reason, t.tries, i.id FROM taken t
      JOIN LATERAL (SELECT i.id FROM payments_intent i WHERE i.brand_id = %(brand)s AND i.payment_id = t.payment_id
                       AND i.state = 'paid' ORDER BY i.id LIMIT 1) i ON true
     ORDER BY t.id
"""
ONE = f"SELECT {INTENT} FROM payments_intent WHERE brand_id = %s AND id = ANY(%s::uuid[])"  # noqa: S608
LATER = """
    UPDATE payments_refund SET send_at = %(next)s, said = %(said)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'due'
"""


def take_refunds(*, brand: UUID, limit: int) -> list[tuple[UUID, int, Provider, RefundCall]]:
    """Refunds that a provider is to send now, (id, how often asked, provider, call); for a minute nobody else has
    them. The refund's id is the key, so that asking twice sends once."""
    now = clock.now()
    with in_brand(brand):
        found = rows(TAKE_REFUNDS, {"brand": brand, "now": now, "lease": now + LEASE, "limit": limit})
        paid = {row[0]: intent_of(row) for row in rows(ONE, [brand, [row[5] for row in found]])} if found else {}
    calls = []
    for refund_id, amount, currency, reason, tries, intent_id in found:
        calls.append((refund_id, tries, paid[intent_id].provider,
                      refund_call(paid[intent_id], refund_id.hex, amount, currency, reason)))  # fmt: skip
    return calls


def refund_call(intent: Intent, key: str, amount_minor: int, currency: str, reason: str) -> RefundCall:
    return RefundCall(
        key=key,
        ref=intent.ref,
        provider_id=intent.handed.provider_id,
        transaction=intent.transaction,
        amount_minor=amount_minor,
        total_minor=intent.amount_minor,
        currency=currency,
        reason=reason[:80],
    )


def send_later(refund_id: UUID, tries: int, *, brand: UUID, said: str = "") -> None:
    """A refund that was not sent, or is under way: asked again later."""
    with in_brand(brand):
        key = {"brand": brand, "id": refund_id, "said": said[:300], "next": clock.now() + rules.ask_after(tries)}
        execute(LATER, key)
