"""What a channel says later about an order it sent: paid, cancelled, money given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from uuid import UUID

from datong.kernel import locks
from datong.kernel.db import current_brand, in_brand, rows, savepoint
from datong.kernel.errors import BadInput, Conflict
from datong.orders import rules
from datong.orders.actions.cancel import cancel
from datong.orders.actions.findings import find
from datong.orders.actions.paid import give_back, pay
from datong.orders.types import ExceptionKind, News, OrderIntent
from datong.payments.api import payments_of
from datong.payments.types import AttemptOutcome, PaymentMethod


@dataclass(frozen=True, slots=True)
class Claimed:
    """An order of ours under a channel's number."""

    order_id: UUID
    number: str
    intent_hash: bytes
    state: str
    paid: bool

    def is_same(self, intent: OrderIntent) -> bool:
        return rules.intent_hash(intent) == self.intent_hash


CLAIMED = """
    SELECT c.channel_id, c.external_id, o.id, o.number, c.intent_hash, o.state, o.paid
      FROM unnest(%(channels)s::uuid[], %(externals)s::text[]) k(channel_id, external_id)
      CROSS JOIN LATERAL (SELECT * FROM orders_claim x WHERE x.brand_id = %(brand)s AND x.channel_id = k.channel_id
                             AND x.external_id = k.external_id LIMIT 1) c
      CROSS JOIN LATERAL (SELECT * FROM orders_order y WHERE y.brand_id = %(brand)s AND y.id = c.order_id LIMIT 1) o
"""


def claimed(keys: Sequence[tuple[UUID, str]], *, brand: UUID) -> dict[tuple[UUID, str], Claimed]:
    """The orders there are under these (channel, external id), in the open transaction.

    Whoever asks for the same keys waits until this transaction ends, so that news which comes in the same moment as its
    order finds it.
    """
    with in_brand(brand):
        locks.take(*(f"news {brand} {channel} {external}" for channel, external in keys))
        wanted = {"brand": current_brand(), "channels": [c for c, _ in keys], "externals": [e for _, e in keys]}
        return {
            (channel, external): Claimed(order, number, bytes(hashed), state, paid)
            for channel, external, order, number, hashed, state, paid in rows(CLAIMED, wanted)
        }


def differs_in_status_only(order: Claimed, intent: OrderIntent, *, brand: UUID) -> bool:
    """Whether the intent is the order we took, but for how and whether it is paid."""
    payments = payments_of(brand, [order.order_id]).get(order.order_id, [])
    refs = {intent.provider_ref, "", *(attempt.provider_ref for p in payments for attempt in p.attempts)}
    forms = product((True, False), PaymentMethod, refs)
    return any(order.is_same(replace(intent, paid=p, payment=m, provider_ref=r)) for p, m, r in forms)


def hear(order: Claimed, news: News, *, brand: UUID, who: str) -> tuple[str, ...]:
    """Act on what a channel says of its order: cancelled, cancelled_too_late, paid, refunded, questioned, or nothing.

    Only what is new is done, so hearing it twice is hearing it once. What cannot be done any more (the goods have left,
    more is given back than was paid) becomes a finding on the order, never a silence.
    """
    did: list[str] = []
    state = order.state
    if news.cancelled and state != "cancelled":
        try:
            with savepoint():
                cancel(order.order_id, brand=brand, who=who, reason=news.cancelled[:300], by_channel=True)
            state = "cancelled"
            did.append("cancelled")
        except Conflict:
            said = {"reason": news.cancelled[:300]}
            new = find([order.order_id], ExceptionKind.CANCELLED_ELSEWHERE, said, brand=brand)
            did += ["cancelled_too_late"] * new
    if news.paid and not order.paid and not news.cancelled:
        outcome = pay(
            order.order_id, amount_minor=news.paid_minor, provider_ref=news.provider_ref, brand=brand, who=who
        )
        did.append("paid" if outcome is AttemptOutcome.PAID else "questioned")
    if state != "cancelled":
        for key, amount, reason in news.refunds:
            did += _refund(order.order_id, f"channel:{key}", amount, reason or "given back by the channel", brand, who)
    return tuple(did)


def _refund(order_id: UUID, key: str, amount: int, reason: str, brand: UUID, who: str) -> list[str]:
    try:
        with savepoint():
            made = give_back(
                order_id, amount_minor=amount, reason=reason[:300], key=key, brand=brand, who=who, done=True
            )
        return [] if made.repeat else ["refunded"]
    except (BadInput, Conflict) as error:
        said = {"refund": amount, "why": str(error)[:200]}
        return ["questioned"] * find([order_id], ExceptionKind.AMOUNTS_DIFFER, said, brand=brand)
