"""Taking a verification back (撤销验券) within the platform's time: asked there first, then the money goes back."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from uuid import UUID

import msgspec

from datong.kernel import audit, clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import Unavailable
from datong.kernel.ids import uuid7
from datong.kernel.secrets import unseal
from datong.ledger.api import post, rulebook, transfers_of
from datong.ledger.types import Transfer
from datong.wallet.actions.coupons.connect import counter_of
from datong.wallet.actions.stored.common import check_reason
from datong.wallet.ports import Away, Refused, Unclear, issuer_at
from datong.wallet.queries.coupons import COLUMNS, coupon_of, get_coupon
from datong.wallet.types.coupons import Certificate, Coupon, CouponRefused, CouponState, CouponUnknown, NotConnected

LEASE = timedelta(seconds=15)
KINDS = frozenset({"coupon", "coupon_discount", "coupon_sale", "coupon_tax"})

LOCK = f"""
    SELECT {COLUMNS}, c.cancelling_at, c.sealed FROM wallet_coupon c WHERE c.brand_id = %s AND c.id = %s FOR UPDATE
"""  # noqa: S608
BEGIN = "UPDATE wallet_coupon SET cancelling_at = %s, cancelled_by = %s, reason = %s WHERE brand_id = %s AND id = %s"
STAYS = """
    UPDATE wallet_coupon SET cancelling_at = NULL, cancelled_by = '', reason = ''
     WHERE brand_id = %s AND id = %s AND state = 'verified'
"""


def cancel_coupon(coupon_id: UUID, *, brand: UUID, by: str, reason: str) -> Coupon:
    """Take one verification back, with a reason; the same again is as it was. Its money goes back with it.

    Raises CouponRefused `too_late` after the platform's time, `taken` while a payment has it; Unavailable when it is
    not known yet what the platform did: the same again, or a job, finds out.
    """
    why = check_reason(reason)
    with in_brand(brand):
        found = rows(LOCK, [brand, coupon_id])
        if not found:
            raise CouponUnknown(f"no coupon {coupon_id} was verified here")
        coupon, begun = coupon_of(found[0][:-2]), found[0][-2]
        if coupon.state is CouponState.CANCELLED:
            return coupon
        now = clock.now()
        if begun is not None and begun > now - LEASE:
            raise Unavailable("this coupon is being taken back: ask again", retry_after_s=int(LEASE.total_seconds()))
        if coupon.payment_id is not None:
            raise CouponRefused("taken", "cancel the order, or give its payment back", value=str(coupon.payment_id))
        if begun is None and now > coupon.cancel_until:
            until = coupon.cancel_until.isoformat(timespec="minutes")
            raise CouponRefused("too_late", f"it could be taken back until {until}", field="coupon", value=until)
        certificate = _certificate(bytes(found[0][-1]))
        execute(BEGIN, [now, by[:120], why, brand, coupon_id])
    _ask(coupon, certificate, by, brand)
    return _finish(coupon_id, brand)


def _certificate(sealed: bytes) -> Certificate:
    return msgspec.convert(msgspec.json.decode(unseal(sealed)), Certificate)


def _ask(coupon: Coupon, certificate: Certificate, by: str, brand: UUID) -> None:
    """Ask the platform; it counts what it says afterwards, not that it answered."""
    with closing(issuer_at(counter_of(coupon.platform, coupon.store_id, brand))) as issuer:
        try:
            issuer.cancel(certificate, by)
        except Away as error:
            _stays(coupon.id, brand)
            raise Unavailable(
                f"the platform does not answer: {error}", retry_after_s=int(error.retry_after_s)
            ) from None
        except (Refused, Unclear) as error:
            try:
                stands = issuer.stands(certificate)
            except (Refused, Away, Unclear):
                raise Unavailable("it is not known yet whether it was taken back", retry_after_s=15) from None
            if not stands:
                return
            _stays(coupon.id, brand)
            if isinstance(error, Refused):
                raise CouponRefused(error.why, error.said) from None
            raise Unavailable(f"the platform did not take it back: {error}", retry_after_s=5) from None


def _stays(coupon_id: UUID, brand: UUID) -> None:
    with in_brand(brand):
        execute(STAYS, [brand, coupon_id])


DONE = """
    UPDATE wallet_coupon SET state = 'cancelled', cancelled_at = %s, cancelling_at = NULL
     WHERE brand_id = %s AND id = %s
"""


def _finish(coupon_id: UUID, brand: UUID) -> Coupon:
    with in_brand(brand):
        coupon = coupon_of(rows(LOCK, [brand, coupon_id])[0][:-2])
        if coupon.state is CouponState.CANCELLED:
            return coupon
        execute(DONE, [clock.now(), brand, coupon_id])
        posted = [p.transfer for p in transfers_of(brand, [coupon_id]) if p.transfer.kind in KINDS]
        day = rulebook(brand).business_date(clock.now(), coupon.store_id)
        post(
            [
                Transfer(
                    uuid7(), t.credit, t.debit, t.amount_minor, f"{t.kind}_back", coupon_id, day, dict(t.dimensions)
                )
                for t in posted
            ],
            brand=brand,
            late=True,
        )
        audit.record(
            brand=brand,
            actor=coupon.cancelled_by,
            verb="coupon.cancel",
            subject=f"coupon {coupon_id}",
            after={"platform": coupon.platform, "code": coupon.code_end, "value_minor": coupon.value_minor},
            reason=coupon.reason,
            store_id=coupon.store_id,
        )
        return get_coupon(brand, coupon_id)


UNDOING = f"""
    SELECT {COLUMNS}, c.sealed FROM wallet_coupon c
     WHERE c.brand_id = %s AND c.state = 'verified' AND c.cancelling_at < %s ORDER BY c.cancelling_at LIMIT %s
"""  # noqa: S608


def finish_cancelling(brand: UUID, *, limit: int) -> int:
    """Cancellations nobody knows the end of: what the platform says decides; how many are known now."""
    known = 0
    with in_brand(brand):
        waiting = rows(UNDOING, [brand, clock.now() - timedelta(minutes=2), limit])
    for row in waiting:
        coupon = coupon_of(row[:-1])
        try:
            with closing(issuer_at(counter_of(coupon.platform, coupon.store_id, brand))) as issuer:
                stands = issuer.stands(_certificate(bytes(row[-1])))
        except (Refused, Away, Unclear, NotConnected):
            continue
        if stands:
            _stays(coupon.id, brand)
        else:
            _finish(coupon.id, brand)
        known += 1
    return known
