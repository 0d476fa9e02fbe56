"""Verifying a platform's coupon (验券): written down before it is sent, found out when no answer came, never twice."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from msgspec import json

from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, Problem, Unavailable
from datong.kernel.ids import uuid7
from datong.kernel.tries import check_tries, miss
from datong.wallet.actions.coupons.connect import counter_of, know_deals
from datong.wallet.actions.coupons.settle import ASK, Row, close, row_of, sealed_ask, settle
from datong.wallet.actions.coupons.undo import finish_cancelling
from datong.wallet.ports import Away, Issuer, Refused, Unclear, issuer_at
from datong.wallet.queries.coupons import coupons_of_ask
from datong.wallet.rules.coupons import check_shown, shown_end
from datong.wallet.types.coupons import (
    AskState,
    Certificate,
    Coupon,
    CouponRefused,
    NotConnected,
    Offered,
    Platform,
    VerifyAsk,
)

MAX_KEY = 200
MOST_MISSES = 20
WITHIN = timedelta(minutes=10)
LEASE = timedelta(seconds=15)
"""Longer than a call takes: who comes in between is told to wait."""
GIVE_UP = timedelta(minutes=10)
"""After which a verification the platform knows nothing of is taken for none."""


def prepare_coupon(platform: Platform, shown: str, *, brand: UUID, store_id: UUID, asker: str) -> list[Offered]:
    """What a code is good for here: the uses that can be verified now, each with the product of ours; nothing changes.

    Raises CouponRefused with the reason, TooManyTries after many unknown codes, Unavailable when the platform is away.
    """
    check_shown(shown)
    with closing(issuer_at(counter_of(platform, store_id, brand))) as issuer:
        return _offered(issuer, platform, shown, brand, asker)[0]


def _offered(issuer: Issuer, platform: Platform, shown: str, brand: UUID, asker: str) -> tuple[list[Offered], str]:
    tries = f"coupon {asker}"[:120]
    check_tries(brand, tries, most=MOST_MISSES, within=WITHIN)
    try:
        prepared = issuer.prepare(shown)
    except Refused as error:
        if error.why == "unknown":
            miss(brand, tries, within=WITHIN)
        raise CouponRefused(error.why, error.said) from None
    except (Away, Unclear) as error:
        raise _away(error) from None
    deals = know_deals(platform, prepared.certificates, brand)
    return [Offered(one, deals[one.deal_id]) for one in prepared.certificates], prepared.token


def _away(error: Away | Unclear) -> Unavailable:
    wait = error.retry_after_s if isinstance(error, Away) else 5
    return Unavailable(f"the platform does not answer: {error}", retry_after_s=max(1, int(wait)))


def verify_coupons(
    platform: Platform,
    shown: str,
    count: int = 1,
    *,
    key: str,
    brand: UUID,
    store_id: UUID,
    by: str,
    asker: str,
    alone: bool = False,
) -> list[Coupon]:
    """Verify `count` uses of a code; they pay an order as tenders of the wallet, or are a sale by themselves (`alone`).

    The same key again is the same verification. When no answer came the platform is asked what became of it: at once,
    by the same call again, and by a job; it is never verified twice. Raises CouponRefused, Conflict `key_used`,
    TooManyTries, and Unavailable when it is not known yet: the same again finds out.
    """
    check_shown(shown, count)
    if not 0 < len(key) <= MAX_KEY or not key.isprintable():
        raise BadValue("Idempotency-Key", key[:80], f"1 to {MAX_KEY} printable characters")
    asked = sha256(json.encode([platform, shown.strip(), count, str(store_id), alone])).hexdigest()
    if known := _by_key(key, brand):
        return _again(known, asked, brand)
    with closing(issuer_at(counter_of(platform, store_id, brand))) as issuer:
        offered, token = _offered(issuer, platform, shown, brand, asker)
        chosen = _chosen(platform, offered, count)
        ask = VerifyAsk(uuid7(), shown.strip(), chosen, token, by[:120], clock.now())
        if not _claim(ask, platform, key, asked, store_id, alone, brand):  # the same at the same moment was first
            known = _by_key(key, brand)
            assert known is not None
            return _again(known, asked, brand)
        return _send(issuer, ask, brand, first=True)


def _chosen(platform: Platform, offered: Sequence[Offered], count: int) -> tuple[Certificate, ...]:
    if len(offered) < count:
        raise CouponRefused("too_few", f"at most {len(offered)}", field="count", value=count)
    for one in offered[:count]:
        if not one.deal.sku:
            name = f"{one.certificate.deal_id} ({one.certificate.title})"
            fix = f"map the deal {name} of {platform.value} to a product, then verify again"
            raise CouponRefused("unmapped_deal", fix, field="deal", value=one.certificate.deal_id)
    return tuple(one.certificate for one in offered[:count])


CLAIM = """
    INSERT INTO wallet_couponask (brand_id, id, key, asked, platform, store_id, code_end, alone, state, sealed, why,
                                  said, at, tried_at, by)
    VALUES (%(brand)s, %(id)s, %(key)s, %(asked)s, %(platform)s, %(store)s, %(end)s, %(alone)s, 'asking', %(sealed)s,
            '', '', %(now)s, %(now)s, %(by)s)
    ON CONFLICT (brand_id, key) DO NOTHING RETURNING id
"""
BY_KEY = f"SELECT {ASK} FROM wallet_couponask WHERE brand_id = %s AND key = %s"  # noqa: S608


def _by_key(key: str, brand: UUID) -> Row | None:
    with in_brand(brand):
        found = rows(BY_KEY, [brand, key])
    return row_of(found[0]) if found else None


def _claim(ask: VerifyAsk, platform: Platform, key: str, asked: str, store_id: UUID, alone: bool, brand: UUID) -> bool:
    given = {"brand": brand, "id": ask.id, "key": key, "asked": asked, "platform": platform.value, "store": store_id}
    given |= {"end": shown_end(ask.shown, ask.certificates), "alone": alone, "sealed": sealed_ask(ask)}
    with in_brand(brand):
        return bool(rows(CLAIM, {**given, "now": ask.at, "by": ask.by}))


FORGET = "DELETE FROM wallet_couponask WHERE brand_id = %s AND id = %s AND state = 'asking'"


def _send(issuer: Issuer, ask: VerifyAsk, brand: UUID, *, first: bool) -> list[Coupon]:
    try:
        found = issuer.verify(ask)
    except Refused as error:
        close(ask.id, AskState.REFUSED, brand, why=error.why, said=error.said)
        raise CouponRefused(error.why, error.said) from None
    except Away as error:
        if first:  # nothing has happened: the key is free for the next try
            with in_brand(brand):
                execute(FORGET, [brand, ask.id])
        raise _away(error) from None
    except Unclear as error:
        found = _looked_for(issuer, ask)
        if not found:
            raise _away(error) from None
    return _settled(ask, found, brand)


def _looked_for(issuer: Issuer, ask: VerifyAsk) -> Sequence[Certificate]:
    """What the platform says this ask verified; nothing where it says nothing, or does not answer now either."""
    try:
        return issuer.look(ask)
    except (Refused, Away, Unclear):
        return ()


def _settled(ask: VerifyAsk, found: Sequence[Certificate], brand: UUID) -> list[Coupon]:
    if not found:
        close(ask.id, AskState.REFUSED, brand, why="used", said="another verification has it")
        raise CouponRefused("used", "a code that was not verified before")
    try:
        return settle(ask.id, found, brand)
    except CouponRefused as error:
        close(ask.id, AskState.REFUSED, brand, why=error.why, said=error.fix)
        raise


TAKE_ON = """
    UPDATE wallet_couponask SET tried_at = %(now)s
     WHERE brand_id = %(brand)s AND id = %(id)s AND state = 'asking' AND tried_at <= %(old)s RETURNING id
"""


def _take_on(ask_id: UUID, brand: UUID) -> bool:
    now = clock.now()
    with in_brand(brand):
        return bool(rows(TAKE_ON, {"brand": brand, "id": ask_id, "now": now, "old": now - LEASE}))


def _again(known: Row, asked: str, brand: UUID) -> list[Coupon]:
    """The same call again: its answer if there is one, else what the platform says of it, else the same once more."""
    if known.asked != asked:
        problem = Problem("Idempotency-Key", "key_used", "a new key for another verification")
        raise Conflict("this key was used for another verification", problem)
    if known.state is AskState.DONE:
        return coupons_of_ask(brand, known.id)
    if known.state is not AskState.ASKING:
        raise CouponRefused(known.why or "platform_refused", known.said or "begin again with a new key")
    if not _take_on(known.id, brand):
        raise Unavailable("this coupon is being verified: ask again", retry_after_s=int(LEASE.total_seconds()))
    ask = known.ask()
    with closing(issuer_at(counter_of(known.platform, known.store_id, brand))) as issuer:
        if found := _looked_for(issuer, ask):
            return _settled(ask, found, brand)
        return _send(issuer, ask, brand, first=False)


OPEN = f"""
    SELECT {ASK} FROM wallet_couponask WHERE brand_id = %s AND state = 'asking' AND tried_at < %s
     ORDER BY tried_at LIMIT %s
"""  # noqa: S608


def ask_coupons_again(brand: UUID, *, limit: int = 50) -> int:
    """Find out what became of verifications and cancellations nobody knows of; how many are known now.

    Nothing is verified here: the customer may be gone. What the platform knows nothing of after ten minutes is none.
    """
    now, known = clock.now(), 0
    with in_brand(brand):
        waiting = [row_of(row) for row in rows(OPEN, [brand, now - timedelta(minutes=2), limit])]
    for row in waiting:
        if not _take_on(row.id, brand):
            continue
        try:
            with closing(issuer_at(counter_of(row.platform, row.store_id, brand))) as issuer:
                found = issuer.look(row.ask())
        except (Refused, Away, Unclear, NotConnected):
            continue
        if found:
            try:
                _settled(row.ask(), found, brand)
            except CouponRefused:
                continue
            known += 1
        elif row.at < now - GIVE_UP:
            close(row.id, AskState.NOTHING, brand, why="", said="the platform knows nothing of it: begin again")
            known += 1
    return known + finish_cancelling(brand, limit=limit)
