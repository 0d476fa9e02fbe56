"""A platform's coupon that was verified pays an order: put aside with the payment, free again with its money."""

from __future__ import annotations

from uuid import UUID

from datong.kernel.db import execute, rows
from datong.kernel.errors import BadInput, BadValue, Problem
from datong.kernel.ids import uuid7
from datong.ledger.api import post
from datong.wallet.actions.stored.common import booked
from datong.wallet.queries.coupons import COLUMNS, coupon_of
from datong.wallet.types.coupons import Coupon, CouponRefused, CouponState, CouponUnknown
from datong.wallet.types.paying import PayAsk, Take, TakeKind

UNUSED = "coupon_unused"

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


FREE = (
    "UPDATE wallet_coupon SET payment_id = NULL WHERE brand_id = %s AND id = %s AND payment_id IS NOT NULL RETURNING id"
)


def free_coupon(coupon_id: UUID, paid_minor: int, *, brand: UUID) -> bool:
    """All that it paid is back: it can pay again, or be taken back at the platform; twice is once."""
    if not rows(FREE, [brand, coupon_id]):
        return False
    (row,) = rows(LOCK, [brand, [coupon_id]])
    _unused(coupon_of(row[:-1]), paid_minor, brand, back=True)
    return True
