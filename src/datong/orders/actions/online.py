"""Paying an order by a provider: asked outside of transactions, believed once, ended with the order.

What a provider says (a message, an answer to our question) is applied under the order's lock, so that it and the end of
an unpaid order come one after the other: the order is paid, or it is cancelled and its money goes back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue, Conflict, DatongError, NotFound, Problem, Unavailable
from datong.kernel.ids import uuid7_floor
from datong.orders.actions.cancel import cancel_unpaid
from datong.orders.actions.draft import pay_within
from datong.orders.actions.paid import lock, pay
from datong.payments import api as payments
from datong.payments.ports import Away, Client, Forged, Refused, Unclear
from datong.payments.types import AttemptOutcome, PaymentMethod
from datong.payments.types.online import (
    Facts,
    Intent,
    IntentState,
    Notice,
    PayCall,
    Provider,
    RefundFacts,
    RefundStanding,
    Reply,
    Scene,
    Standing,
)

log = logging.getLogger(__name__)


ORDER = "SELECT number, state, paid, payment, placed_at FROM orders_order WHERE brand_id = %s AND id = %s FOR UPDATE"


def start_payment(
    order_id: UUID,
    provider: Provider,
    scene: Scene,
    *,
    brand: UUID,
    by: str,
    return_url: str,
    notify_url: str,
    payer: str = "",
    address: str = "",
) -> Intent:
    """Ask a provider to let the customer pay an order; asked again, the same way of paying again.

    The intent is committed before the provider hears of it. Raises NotFound, Conflict `order_over` or `order_paid`,
    BadValue for an order that is not paid by a provider; Unavailable when the provider says nothing: the order stays,
    the same again or another provider may be tried.
    """
    intent, number = _begin(order_id, provider, scene, brand, by)
    if intent.state is IntentState.OPEN:
        return intent
    client = payments.provider_of(provider, brand=brand, also_off=False)
    call = PayCall(
        ref=intent.ref,
        scene=scene,
        amount_minor=intent.amount_minor,
        currency=intent.currency,
        title=number,
        return_url=return_url,
        notify_url=notify_url,
        expires_at=intent.expires_at,
        payer=payer,
        address=address,
    )
    try:
        handed = client.create(call)
    except Refused as error:
        _give_up(intent, error.said, brand)
        raise Conflict(error.said, Problem("provider", "refused", "another way to pay", provider.value)) from None
    except (Away, Unclear) as error:
        payments.ask_again(intent, brand=brand, said=error.said)
        payments.heard(provider, error.said, brand=brand, trouble=True)
        raise Unavailable("the provider does not answer: try again, or pay another way") from None
    payments.opened(intent.id, handed, brand=brand)
    return replace(intent, state=IntentState.OPEN, handed=handed)


def _begin(order_id: UUID, provider: Provider, scene: Scene, brand: UUID, by: str) -> tuple[Intent, str]:
    with in_brand(brand):
        found = rows(ORDER, [brand, order_id])
        if not found:
            raise NotFound(f"no order {order_id}")
        number, state, paid, method, placed_at = found[0]
        if method != PaymentMethod.PREPAID:
            raise BadValue("order_id", str(order_id), "an order that is paid by a provider")
        if paid:
            raise Conflict("the order is paid", Problem("order_id", "order_paid", "nothing more to do", number))
        ends: datetime = placed_at + pay_within()
        if state == "cancelled" or ends <= clock.now():
            raise Conflict("the time to pay is over", Problem("order_id", "order_over", "a new order", number))
        return payments.begin_intent(order_id, provider, scene, brand=brand, by=by, expires_at=ends), number


def _give_up(intent: Intent, said: str, brand: UUID) -> None:
    with in_brand(brand):
        if payments.lock_intent(intent.id, brand=brand).live:
            payments.mark_intent(intent.id, IntentState.CLOSED, brand=brand, said=said)
    payments.heard(intent.provider, said, brand=brand, trouble=True)


def hear_provider(provider: Provider, headers: Mapping[str, str], body: bytes, *, brand: UUID) -> Reply:
    """A message of a provider: believed by its signature before it is read, applied once, answered in its words.

    Raises NotFound without an account there, Forged for a message that is not theirs.
    """
    client = payments.provider_of(provider, brand=brand)
    try:
        notice = client.verify(headers, body)
    except Forged as error:
        payments.heard(provider, f"a message that was not believed: {error}", brand=brand, trouble=True)
        raise
    _apply_notice(provider, notice, brand)
    payments.heard(provider, f"{notice.about} {notice.id}", brand=brand)
    return client.reply(taken=True)


def _apply_notice(provider: Provider, notice: Notice, brand: UUID) -> None:
    """A number that is not ours (another shop of the same account) is taken and left alone."""
    try:
        if notice.paid is not None:
            settle_intent(provider, notice.paid, brand=brand, by=provider.value)
        if notice.refunded is not None:
            settle_refund(provider, notice.refunded, brand=brand)
    except NotFound as error:
        log.info("a message about nothing of ours", extra={"provider": provider.value, "why": str(error)})


def settle_intent(provider: Provider, facts: Facts, *, brand: UUID, by: str) -> IntentState:
    """What a provider says of a payment, applied once whoever says it first; what the intent is now.

    Paid: the order is paid, or its money goes back when the order is cancelled, was paid already, or the amount is
    another. Raises NotFound for a number that is none of ours.
    """
    intent_id = _id_of(facts.ref)
    with in_brand(brand):
        intent = payments.get_intent(brand, intent_id)
        if intent.provider is not provider:
            raise NotFound(f"no payment {facts.ref} at {provider.value}")
        lock([intent.order_id], brand)
        intent = payments.lock_intent(intent_id, brand=brand)
        if facts.standing is Standing.CLOSED and intent.live:
            payments.mark_intent(intent_id, IntentState.CLOSED, brand=brand)
            return IntentState.CLOSED
        if facts.standing is not Standing.PAID or intent.state in (IntentState.RETURN_DUE, IntentState.RETURNED):
            return intent.state
        return _paid(intent, facts, brand, by)


def _paid(intent: Intent, facts: Facts, brand: UUID, by: str) -> IntentState:
    """Under the locks of order and intent."""
    ref = f"{intent.provider.value}:{facts.transaction}"
    if facts.currency != intent.currency:
        outcome = AttemptOutcome.AMOUNT_DIFFERS
    else:
        outcome = pay(intent.order_id, amount_minor=facts.amount_minor, provider_ref=ref, brand=brand, who=by)
    if intent.state is IntentState.PAID and outcome is AttemptOutcome.REPEATED:
        return IntentState.PAID
    state = {
        AttemptOutcome.PAID: IntentState.PAID,
        AttemptOutcome.REPEATED: IntentState.PAID,
        AttemptOutcome.REF_USED: IntentState.CLOSED,
    }.get(outcome, IntentState.RETURN_DUE)
    if state is IntentState.RETURN_DUE and facts.amount_minor <= 0:
        state = IntentState.CLOSED  # nothing came
    came: dict[str, Any] = {"transaction": facts.transaction}
    if state is IntentState.RETURN_DUE:
        came |= {"said": outcome.value, "amount_minor": facts.amount_minor, "currency": facts.currency}
    payments.mark_intent(intent.id, state, brand=brand, **came)
    if state is IntentState.PAID:
        payments.end_intents([intent.order_id], brand=brand)  # the other ways to pay it are closed
    return state


def settle_refund(provider: Provider, facts: RefundFacts, *, brand: UUID) -> None:
    """What a provider says of a refund: done once, or why it is not. Raises NotFound for one that is none of ours."""
    refund_id = _id_of(facts.key)
    if facts.standing is RefundStanding.DONE:
        ref = f"{provider.value}:{facts.transaction}:{facts.key}" if facts.transaction else ""
        with in_brand(brand):
            if _is_return(refund_id, brand):
                payments.mark_intent(refund_id, IntentState.RETURNED, brand=brand, transaction=facts.transaction)
            else:
                payments.refund_done(refund_id, provider_ref=ref, brand=brand)


def _is_return(key: UUID, brand: UUID) -> bool:
    """Whether it is of money that nobody wanted: such a refund has its intent's number."""
    try:
        return payments.lock_intent(key, brand=brand).state in (IntentState.RETURN_DUE, IntentState.RETURNED)
    except NotFound:
        return False


def _id_of(ref: str) -> UUID:
    try:
        return UUID(hex=ref)
    except ValueError:
        raise NotFound(f"no payment {ref[:40]} of ours") from None


MOST = 50
UNWANTED = """
    SELECT id FROM orders_order
     WHERE brand_id = %s AND id = ANY(%s::uuid[]) AND (paid OR state = 'cancelled' OR placed_at <= %s)
"""


def ask_providers(brand: UUID, *, limit: int = MOST) -> int:
    """Ask how the payments stand that nobody told us of; close those that nobody wants; send back what is owed.

    How many were looked at. Any number of workers may: each payment is one worker's for a minute.
    """
    taken = payments.take_intents(brand=brand, limit=limit)
    with in_brand(brand):
        keys = [brand, [one.order_id for one in taken], clock.now() - pay_within()]
        unwanted = {order for (order,) in rows(UNWANTED, keys)} if taken else set()
    for intent in taken:
        _guarded(intent.provider, brand, lambda it=intent: _look(it, it.order_id in unwanted, brand))  # type: ignore[misc]
    return len(taken) + _send_refunds(brand, limit)


def _guarded(provider: Provider, brand: UUID, work: Callable[[], None]) -> None:
    """One payment's mistake holds up no other; it comes round again."""
    try:
        work()
    except DatongError as error:
        payments.heard(provider, str(error), brand=brand, trouble=True)
    except Exception:
        log.exception("a provider's payment could not be looked at", extra={"provider": provider.value})


def _look(intent: Intent, unwanted: bool, brand: UUID) -> None:
    client = payments.provider_of(intent.provider, brand=brand)
    try:
        if intent.state is IntentState.RETURN_DUE:
            call = payments.refund_call(intent, intent.ref, intent.amount_minor, intent.currency, intent.said)
            made = client.refund(call)
            settle_refund(intent.provider, made, brand=brand)
            if made.standing is not RefundStanding.DONE:
                payments.ask_again(intent, brand=brand, said=made.standing.value)
            return
        facts = _stands(client, intent, unwanted)
    except (Refused, Away, Unclear) as error:
        payments.ask_again(intent, brand=brand, said=error.said)
        payments.heard(intent.provider, error.said, brand=brand, trouble=True)
        return
    if settle_intent(intent.provider, facts, brand=brand, by=intent.provider.value) in (
        IntentState.CREATED,
        IntentState.OPEN,
    ):
        payments.ask_again(intent, brand=brand)


def _stands(client: Client, intent: Intent, unwanted: bool) -> Facts:
    """How it stands, and that nobody can pay it any more where nobody should."""
    if not unwanted:
        return client.query(intent.ref, intent.handed.provider_id)
    facts = (client.reverse(intent.ref) if intent.scene is Scene.CODE
             else client.close(intent.ref, intent.handed.provider_id))  # fmt: skip
    if facts.standing is Standing.UNKNOWN:  # the provider never had it, or nobody opened its page
        return replace(facts, standing=Standing.CLOSED)
    return facts


def _send_refunds(brand: UUID, limit: int) -> int:
    taken = payments.take_refunds(brand=brand, limit=limit)
    for refund_id, tries, provider, call in taken:
        try:
            made = payments.provider_of(provider, brand=brand).refund(call)
        except (Refused, Away, Unclear) as error:
            payments.send_later(refund_id, tries, brand=brand, said=error.said)
            payments.heard(provider, f"refund: {error.said}", brand=brand, trouble=True)
            continue
        except Exception:
            log.exception("a refund could not be sent", extra={"provider": provider.value})
            continue
        if made.standing is RefundStanding.DONE:
            settle_refund(provider, made, brand=brand)
        else:
            said = "the provider did not pay it back" if made.standing is RefundStanding.FAILED else ""
            payments.send_later(refund_id, tries, brand=brand, said=said)
    return len(taken)


OVERDUE = """
    SELECT id FROM orders_order
     WHERE brand_id = %(brand)s AND payment = 'prepaid' AND NOT paid AND amounts IS NULL
       AND state IN ('assigned', 'backorder', 'review') AND id < %(before)s
     ORDER BY id LIMIT %(limit)s
"""


def end_unpaid(brand: UUID, *, limit: int = 200) -> list[UUID]:
    """Cancel the orders that nobody paid in time: stock, points and vouchers are free again; which."""
    with in_brand(brand):
        key = {"brand": brand, "before": uuid7_floor(clock.now() - pay_within()), "limit": limit}
        late = [order for (order,) in rows(OVERDUE, key)]
        return cancel_unpaid(sorted(late), brand=brand, actor="payments") if late else []
