"""What was put aside is taken for an order, given back before that, or given back after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from datong.kernel import audit, clock, outbox
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, NotFound, Problem
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.ledger.api import post
from datong.ledger.api import release as release_holds
from datong.ledger.types import Release, Transfer
from datong.wallet.actions.stored.booking import (
    Captured,
    book,
    is_over,
    left_of,
    parts_of_order,
    put_state,
    tender,
)
from datong.wallet.actions.stored.common import booked, check_reason, lock_purses, of_purse, paid_with
from datong.wallet.actions.stored.returned import keep_returned
from datong.wallet.actions.stored.rights import RIGHTS, return_rights
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.queries.paying import SHORT_BY_ID, wallet_payment
from datong.wallet.rules.paying import share_back, share_capture
from datong.wallet.types.paying import (
    Back,
    PaymentState,
    Resolution,
    Shortfall,
    TakeKind,
    WalletPayment,
)
from datong.wallet.types.stored import PurseState

AFTER = timedelta(days=90)
"""How long money that went back to a card whose time was over may still be spent."""
LOCK = "SELECT state, expires_at FROM wallet_payment WHERE brand_id = %s AND id = %s FOR NO KEY UPDATE"


def take_payment(payment_id: UUID, order_id: UUID, amount_minor: int, *, brand: UUID) -> Captured:
    """Take `amount_minor` of a payment for an order: all of it, or a part; each order of a payment once.

    Posted from the purses (and the other tenders) to `clearing:wallet` under the order. The same again changes
    nothing. Raises NotFound for no such payment, Conflict when its time is over or it was given back, BadValue for
    more than is left of it.
    """
    with in_brand(brand):
        payment = _lock(payment_id, brand)
        if before := _taken(order_id, payment_id, brand):
            if sum(before) != amount_minor:
                raise Conflict(f"the order took {sum(before)} of this payment before, not {amount_minor}")
            return Captured(payment_id, order_id, amount_minor)
        if payment.state is PaymentState.RELEASED or is_over(payment):
            raise Conflict(f"payment {payment_id} was given back: pay again", _gone(payment_id))
        left = left_of(payment)
        if amount_minor > sum(left):
            raise BadValue("amount_minor", amount_minor, f"at most {sum(left)}: that is what the payment still has")
        book(parts_of_order(payment, order_id, share_capture(amount_minor, left)), brand=brand)
        if amount_minor == sum(left):
            put_state([payment_id], PaymentState.CAPTURED, brand)
        return Captured(payment_id, order_id, amount_minor)


def _gone(payment_id: UUID) -> Problem:
    return Problem("payment_id", "payment_over", "a payment that is still held", str(payment_id))


def release_payment(payment_id: UUID, *, brand: UUID) -> WalletPayment:
    """Give back what was put aside and not taken. The same again changes nothing."""
    with in_brand(brand):
        payment = _lock(payment_id, brand)
        if payment.state is PaymentState.HELD:
            taken = any(take.captured_minor for take in payment.takes)
            put_state([payment_id], PaymentState.CAPTURED if taken else PaymentState.RELEASED, brand)
            if any(take.kind in RIGHTS for take in payment.takes):
                return_rights([payment_id], brand=brand, by="wallet", reason="the payment was not taken")
            release_holds([Release(uuid7(), take.id) for take in payment.takes if take.purse_id], brand=brand)
        return wallet_payment(brand, payment_id)


OVERDUE = """
    SELECT id FROM wallet_payment
     WHERE brand_id = %s AND state = 'held' AND expires_at <= %s ORDER BY id LIMIT %s
"""


def release_overdue(brand: UUID, *, limit: int = 500) -> int:
    """Payments whose time is over are given back, each in a transaction of its own; how many."""
    with in_brand(brand):
        due = [payment_id for (payment_id,) in rows(OVERDUE, [brand, clock.now(), limit])]
    for payment_id in due:
        release_payment(payment_id, brand=brand)
    return len(due)


def _lock(payment_id: UUID, brand: UUID) -> WalletPayment:
    if not rows(LOCK, [brand, payment_id]):
        raise NotFound(f"no payment {payment_id} of the wallet")
    return wallet_payment(brand, payment_id)


OF_ORDER = """
    SELECT n.id, n.amount_minor - n.back_minor, k.kind, k.purse_id, k.part, k.name, k.ref, k.payment_id, n.amount_minor,
           k.id
      FROM wallet_taken n JOIN wallet_take k ON k.brand_id = n.brand_id AND k.id = n.take_id
     WHERE n.brand_id = %s AND n.order_id = %s ORDER BY n.id FOR NO KEY UPDATE OF n
"""


def _taken(order_id: UUID, payment_id: UUID, brand: UUID) -> list[int]:
    return [row[8] for row in rows(OF_ORDER, [brand, order_id]) if row[7] == payment_id]


BACK = """
    UPDATE wallet_taken n SET back_minor = n.back_minor + t.amount
      FROM unnest(%(ids)s::uuid[], %(amounts)s::bigint[]) t(id, amount)
     WHERE n.brand_id = %(brand)s AND n.id = t.id
"""


def give_back_payment(
    order_id: UUID, amount_minor: int, currency: str, *, brand: UUID, key: str, refund_id: UUID | None = None
) -> list[Back]:
    """Give money of an order back to what it came from; to the cent, and never more than it gave.

    In this order: what never came from a card; purses, points, cash and provider each their share; vouchers, each
    whole. Points come back into their lots, as `give_back_points` does it; a voucher when all that it paid is back, and
    one whose time is over comes back expired.
    The same key again is the same answer. A purse that was replaced hands on to the one in its place; one whose time
    is over gets 90 days more. What was a shortfall is paid back by hand: it never came from a card. Each part is kept
    with the refund it is of (`returned_of`). Raises BadValue for more than the order took.
    """
    with in_brand(brand):
        asked = [order_id, amount_minor, currency]
        made = once(
            "wallet.give_back", key, asked, lambda: _give_back(order_id, amount_minor, currency, brand, refund_id)
        )
    return [Back(TakeKind(b[0]), b[1], UUID(b[2]) if b[2] else None, *b[3:]) for b in made]


PAYMENTS = """
    SELECT id FROM wallet_payment
     WHERE brand_id = %s AND id IN (
           SELECT k.payment_id FROM wallet_taken n JOIN wallet_take k ON k.brand_id = n.brand_id AND k.id = n.take_id
            WHERE n.brand_id = %s AND n.order_id = %s) ORDER BY id FOR NO KEY UPDATE
"""


def _give_back(
    order_id: UUID, amount_minor: int, currency: str, brand: UUID, refund_id: UUID | None
) -> list[list[Any]]:
    payments = [row[0] for row in rows(PAYMENTS, [brand, brand, order_id])]
    taken, short = rows(OF_ORDER, [brand, order_id]), rows(SHORT_OF, [brand, order_id])
    left, missing = [row[1] for row in taken], sum(row[1] for row in short)
    if not 0 < amount_minor <= sum(left) + missing:
        most = sum(left) + missing
        raise BadValue("amount_minor", amount_minor, f"1 to {most}: that is what was taken for the order")
    from_short = min(missing, amount_minor)
    vouchers = {n for n, row in enumerate(taken) if row[2] in (TakeKind.VOUCHER, TakeKind.COUPON)}
    shares = share_back(amount_minor - from_short, left, vouchers)
    execute(BACK, {"brand": brand, "ids": [row[0] for row in taken], "amounts": shares})
    came = {}
    if any(share and row[2] in RIGHTS for row, share in zip(taken, shares, strict=True)):
        came = return_rights(payments, brand=brand, by="wallet", reason="the money was given back")
    into = _heirs([row[3] for row in taken if row[3]], brand)
    backs, moves = _back_short(short, from_short, order_id, currency)
    for row, share in zip(taken, shares, strict=True):
        if not share:
            continue
        _id, _left, kind, purse, part, name, ref, _payment, _amount, take = row
        heir = into.get(purse)
        event, places = ("wallet.spend", of_purse(heir, part)) if heir else tender(TakeKind(kind), name)
        moves.append(booked(event, share, "give_back", order_id, currency, places, back=True))
        points, returned = (came.pop(take, 0), False) if kind == TakeKind.POINTS else (0, take in came)
        backs.append([kind, share, str(heir) if heir else "", part, name, ref, points, returned])
    post(moves, brand=brand, late=True)
    keep_returned(backs, brand=brand, order_id=order_id, refund_id=refund_id)
    outbox.emit(*(StoredValueChanged(heir, None, "give_back", order_id) for heir in sorted(set(into.values()))))
    return backs


SHORT_OF = """
    SELECT id, amount_minor, resolution FROM wallet_shortfall
     WHERE brand_id = %s AND order_id = %s AND amount_minor > 0 ORDER BY id FOR NO KEY UPDATE
"""
LESS_SHORT = """
    UPDATE wallet_shortfall SET amount_minor = amount_minor - %(less)s,
           closed_at = CASE WHEN amount_minor = %(less)s THEN coalesce(closed_at, %(now)s) ELSE closed_at END,
           closed_by = CASE WHEN amount_minor = %(less)s AND closed_at IS NULL THEN 'wallet' ELSE closed_by END,
           note = CASE WHEN amount_minor = %(less)s AND closed_at IS NULL THEN 'the order was given back' ELSE note END
     WHERE brand_id = %(brand)s AND id = %(id)s
"""


def _back_short(
    short: Sequence[Sequence[Any]], amount: int, order_id: UUID, currency: str
) -> tuple[list[list[Any]], list[Transfer]]:
    """What never came from a card goes first: the shortfall gets smaller, or what was collected goes back by hand."""
    backs: list[list[Any]] = []
    moves = []
    for short_id, standing, resolution in short:
        part = min(amount, standing)
        if not part:
            continue
        # what stands open gets less; of one that was closed what closed it is taken back as well
        moves.append(booked("wallet.short", part, "give_back", order_id, currency, back=True))
        if resolution:
            event, places = _closing(Resolution(resolution))
            moves.append(booked(event, part, "give_back", order_id, currency, places, back=True))
        execute(LESS_SHORT, {"brand": current_brand(), "id": short_id, "less": part, "now": clock.now()})
        if resolution == Resolution.COLLECTED:
            backs.append([TakeKind.CASH.value, part, "", "", "", "", 0, False])
        amount -= part
    return backs, moves


REOPEN = """
    UPDATE wallet_purse SET state = 'active', expires_at = %s, reason = 'money came back'
     WHERE brand_id = %s AND id = %s
"""


def _heirs(purses: Sequence[UUID], brand: UUID) -> dict[UUID, UUID]:
    """Each purse with the one that holds its money now; what had expired is opened again for a while."""
    found: dict[UUID, UUID] = {}
    for asked in sorted(set(purses)):
        purse = lock_purses([asked])[asked]
        while purse.replaced_by is not None:
            purse = lock_purses([purse.replaced_by])[purse.replaced_by]
        ends, soon = purse.expires_at, clock.now() + AFTER
        if purse.state is PurseState.EXPIRED or (ends is not None and ends < clock.now()):
            execute(REOPEN, [soon, brand, purse.id])
        found[asked] = purse.id
    return found


def _closing(resolution: Resolution) -> tuple[str, dict[str, str]]:
    if resolution is Resolution.COLLECTED:
        return "wallet.short.collected", paid_with("cash")
    return "wallet.short.written", {}


CLOSE = """
    UPDATE wallet_shortfall SET closed_at = %s, closed_by = %s, resolution = %s, note = %s
     WHERE brand_id = %s AND id = %s
"""


def close_shortfall(shortfall_id: UUID, resolution: Resolution, *, brand: UUID, by: str, note: str) -> Shortfall:
    """Say what became of money that was not there: collected otherwise, or written off. Closed once.

    Raises NotFound, Conflict when somebody closed it otherwise, BadValue without a note.
    """
    why = check_reason(note)
    with in_brand(brand):
        found = rows(SHORT_BY_ID, [brand, shortfall_id])
        if not found:
            raise NotFound(f"no shortfall {shortfall_id}")
        row = Shortfall(*found[0])
        if row.closed_at is not None:
            if row.resolution != resolution:
                raise Conflict(f"{row.closed_by} closed it as {row.resolution}")
            return row
        if row.amount_minor and row.order_id is not None:
            event, places = _closing(resolution)
            kind = "shortfall_collected" if resolution is Resolution.COLLECTED else "shortfall_written_off"
            closed = booked(event, row.amount_minor, kind, row.order_id, row.currency, places)
            post([closed], brand=brand, late=True)
        execute(CLOSE, [clock.now(), by[:120], resolution.value, why, brand, shortfall_id])
        audit.record(
            brand=brand,
            actor=by,
            verb="wallet.close_shortfall",
            subject=f"shortfall {shortfall_id}",
            after={"resolution": resolution, "amount_minor": row.amount_minor, "currency": row.currency},
            reason=why,
        )
        return Shortfall(*rows(SHORT_BY_ID, [brand, shortfall_id])[0])
