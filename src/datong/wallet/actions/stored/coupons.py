"""A platform's coupon that was verified pays an order: put aside with the payment, free again with its money."""

from __future__ import annotations

from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.ledger.api import post
from datong.ledger.types import Transfer
from datong.wallet.actions.stored.common import booked
from datong.wallet.queries.coupons import COLUMNS, coupon_of
from datong.wallet.types.coupons import Coupon, CouponRefused, CouponState, CouponUnknown
from datong.wallet.types.paying import PayAsk, Take, TakeKind

UNUSED, LAPSED = "coupon_unused", "coupon_lapsed"

LOCK = f"""
    SELECT {COLUMNS}, c.cancelling_at FROM wallet_coupon c
     WHERE c.brand_id = %s AND c.id = ANY(%s::uuid[]) ORDER BY c.id FOR UPDATE
"""  # noqa: S608  constants only
TAKEN = "UPDATE wallet_coupon SET payment_id = %s WHERE brand_id = %s AND id = ANY(%s::uuid[])"


def hold_coupons(ask: PayAsk, room_minor: int, payment_id: UUID, *, brand: UUID) -> list[Take]:
    """Put verified coupons aside for a payment, in the order of their ids; each pays its value, the last what is
    missing: no change is given, and what is not used is no expense of ours.

    Raises CouponUnknown, CouponRefused `taken` and `cancelled`, BadInput for one that is not needed.
    """
    if not ask.coupons:
        return []
    shown = {coupon: n for n, coupon in enumerate(ask.coupons)}
    found = rows(LOCK, [brand, list(ask.coupons)])
    if missing := shown.keys() - {row[0] for row in found}:
        n = min(shown[each] for each in missing)
        raise CouponUnknown("no such coupon was verified", Problem(f"coupons/{n}", "unknown", "a verified coupon", ""))
    takes = []
    for row in found:
        coupon = coupon_of(row[:-1])
        _check(coupon, f"coupons/{shown[coupon.id]}", ask, room_minor, undoing=row[-1] is not None)
        paid = min(coupon.value_minor, room_minor)
        takes.append(Take(uuid7(), TakeKind.COUPON, paid, name=coupon.platform.value, ref=str(coupon.id)))
        _unused(coupon, paid, brand, back=False)
        room_minor -= paid
    execute(TAKEN, [payment_id, brand, list(ask.coupons)])
    return takes


def _check(coupon: Coupon, field: str, ask: PayAsk, room_minor: int, *, undoing: bool) -> None:
    if coupon.state is CouponState.CANCELLED or undoing:
        raise CouponRefused("cancelled", "a coupon that stands", field=field)
    if coupon.payment_id is not None or coupon.alone:
        raise CouponRefused("taken", "a coupon that paid nothing yet", field=field)
    if coupon.currency != ask.currency:
        raise BadValue("currency", ask.currency, f"{coupon.currency}, as the coupon is")
    if not room_minor:
        problem = Problem(field, "not_needed", "leave it out: the others pay all of it", "")
        raise BadInput("a coupon is not needed", problem)


def _unused(coupon: Coupon, paid: int, brand: UUID, *, back: bool) -> None:
    """What a coupon is worth and the order did not need was never given: it is taken off our expense again."""
    if coupon.value_minor == paid:
        return
    places = {"platform": coupon.platform.value}
    kind = f"{UNUSED}_back" if back else UNUSED
    unused = coupon.value_minor - paid
    moved = booked("coupon.given", unused, kind, coupon.id, coupon.currency, places, back=not back,
                   store=str(coupon.store_id))  # fmt: skip
    post([moved], brand=brand, late=True)


FREE = """
    UPDATE wallet_coupon SET payment_id = NULL, rest_minor = NULL, rest_at = NULL
     WHERE brand_id = %s AND id = %s AND payment_id IS NOT NULL
"""


def free_coupon(coupon_id: UUID, paid_minor: int, *, brand: UUID) -> bool:
    """All that it paid is back: it can pay again, or be taken back at the platform; twice is once."""
    (row,) = rows(LOCK, [brand, [coupon_id]])
    coupon = coupon_of(row[:-1])
    if not execute(FREE, [brand, coupon_id]):
        return False
    if coupon.rest_minor:
        post([_lapsed(coupon, coupon.rest_minor, back=True)], brand=brand, late=True)
    _unused(coupon, paid_minor, brand, back=True)
    return True


DUE = """
    SELECT c.id, c.payment_id FROM wallet_coupon c
      JOIN wallet_payment p ON p.brand_id = c.brand_id AND p.id = c.payment_id
     WHERE c.brand_id = %s AND c.state = 'verified' AND c.payment_id IS NOT NULL AND c.rest_minor IS NULL
       AND c.cancel_until <= %s AND p.state <> 'held'
     ORDER BY c.cancel_until LIMIT %s
"""
PAYMENTS = "SELECT id FROM wallet_payment WHERE brand_id = %s AND id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE"
RESTS = """
    SELECT payment_id, ref, amount_minor - captured_minor FROM wallet_take
     WHERE brand_id = %s AND payment_id = ANY(%s::uuid[]) AND kind = 'coupon'
"""
TOLD = """
    UPDATE wallet_coupon c SET rest_minor = t.rest, rest_at = %(now)s
      FROM unnest(%(ids)s::uuid[], %(rests)s::bigint[]) t(id, rest) WHERE c.brand_id = %(brand)s AND c.id = t.id
"""


def lapse_coupons(brand: UUID, *, limit: int = 500) -> int:
    """What orders left of the coupons that paid them is income, once the platform takes none of them back and their
    payments are over; how many were told. Each once: their payments, then the coupons are locked as they are given
    back, and what has changed meanwhile waits for the next time. Nine statements, however many.
    """
    now = clock.now()
    with in_brand(brand):
        due = dict(rows(DUE, [brand, now, limit]))
        payments = [row[0] for row in rows(PAYMENTS, [brand, list(due.values())])]
        locked = [coupon_of(row[:-1]) for row in rows(LOCK, [brand, list(due)])]
        told = [one for one in locked if one.payment_id == due[one.id] and one.rest_minor is None]
        left = {(payment, ref): rest for payment, ref, rest in rows(RESTS, [brand, payments])}
        rests = [left[one.payment_id, str(one.id)] for one in told]
        post([_lapsed(one, rest) for one, rest in zip(told, rests, strict=True) if rest], brand=brand, late=True)
        execute(TOLD, {"brand": brand, "now": now, "ids": [one.id for one in told], "rests": rests})
        return len(told)


def _lapsed(coupon: Coupon, rest_minor: int, *, back: bool = False) -> Transfer:
    kind = f"{LAPSED}_back" if back else LAPSED
    places, store = {"platform": coupon.platform.value}, str(coupon.store_id)
    return booked("coupon.lapsed", rest_minor, kind, coupon.id, coupon.currency, places, back=back, store=store)
