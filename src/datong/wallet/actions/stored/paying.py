"""Scan to pay: money of the member's purses is put aside for an order, in one transaction, once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from msgspec import json, to_builtins

from datong.customers.api import records_of, scan, use_code
from datong.customers.types.cards import CardRefused, CardUse, Member, refused
from datong.kernel import clock
from datong.kernel.db import execute, in_brand, rows, savepoint
from datong.kernel.errors import BadValue, Conflict, Problem
from datong.kernel.ids import uuid7
from datong.ledger.api import hold, rulebook
from datong.ledger.types import Hold
from datong.wallet.actions.places import check_place
from datong.wallet.actions.stored.common import check_active, lock_purses, of_purse
from datong.wallet.actions.stored.coupons import hold_coupons
from datong.wallet.actions.stored.gifts import find_gifts
from datong.wallet.actions.stored.rights import hold_points, hold_vouchers, shown_at
from datong.wallet.actions.vouchers import shown_voucher
from datong.wallet.queries.paying import payment_by_key, wallet_payment
from datong.wallet.queries.stored import stored_policy
from datong.wallet.rules.paying import check_ask, plan
from datong.wallet.types.paying import NotEnough, PayAsk, Take, TakeKind, WalletPayment
from datong.wallet.types.places import Use
from datong.wallet.types.stored import Policy, Purse, PurseKind, PurseState
from datong.wallet.types.vouchers import Voucher

MAX_LATE = timedelta(days=7)
"""How long after it was taken a payment without network may still come."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Who pays: the customer, `member` when it is their card's code that was shown, and the purses and vouchers whose
    codes were."""

    customer_id: UUID | None
    member: Member | None
    gifts: tuple[UUID, ...]
    vouchers: tuple[Voucher, ...] = ()


def authorise(ask: PayAsk, *, brand: UUID, by: str, asker: str, customer_id: UUID | None = None) -> WalletPayment:
    """Put the amount aside from vouchers, points and purses of whoever showed the code; what was taken from what.

    `customer_id`: who is logged in at this very door, whose session is the proof instead of a code.

    The same key again is the same payment, whatever became of its code meanwhile. Money is held until the brand's
    minutes are over, or without end for what a till took without network (`taken_at`): that is booked whatever the
    balance, and what was not there is a shortfall. Raises what `scan`, `find_gifts` and `check_voucher` raise,
    BadInput, NotEnoughPoints and NotEnough, after which nothing is held; Conflict `key_used` when the key was another
    payment's.

    Safe from many tills at once: vouchers, then coupons, then points, then the purses' rows are locked in order before
    their balance is read.
    """
    check_ask(ask, known=customer_id is not None)
    asked = _asked(ask)
    if known := payment_by_key(brand, ask.key):
        return _same(known, asked, brand)
    if ask.store_id is not None and ask.taken_at is None:
        check_place(brand, ask.store_id, Use.CARD)
    try:
        source = _source(ask, brand, asker, customer_id)
        with in_brand(brand, may_fail=True):
            return _authorise(ask, asked, source, brand, by)
    except CardRefused:
        # The same request, sent again, may have used the code a moment ago.
        if known := payment_by_key(brand, ask.key):
            return _same(known, asked, brand)
        raise


def _asked(ask: PayAsk) -> str:
    """The hash of what is asked. What was not asked for is left out, so that it stays when more can be asked."""
    said = to_builtins(ask)
    for name in ("vouchers", "points", "place", "basket", "coupons"):
        if getattr(ask, name) == getattr(PLAIN, name):
            del said[name]
    return sha256(json.encode(said, order="deterministic")).hexdigest()


PLAIN = PayAsk(0, "", "")
ASKED = "SELECT asked FROM wallet_payment WHERE brand_id = %s AND id = %s"


def _same(known: WalletPayment, asked: str, brand: UUID) -> WalletPayment:
    with in_brand(brand):
        ((first,),) = rows(ASKED, [brand, known.id])
    if first != asked:
        raise Conflict("this key was used for another payment", Problem("Idempotency-Key", "key_used", "a new key"))
    return known


def _source(ask: PayAsk, brand: UUID, asker: str, customer_id: UUID | None) -> _Source:
    gifts = find_gifts(ask.gifts, brand=brand, asker=asker) if ask.gifts else []
    vouchers = [_voucher(n, code, brand, asker) for n, code in enumerate(ask.vouchers)]
    member = None
    if ask.code:
        if ask.taken_at is not None:
            now = clock.now()
            if not now - MAX_LATE <= ask.taken_at <= now + timedelta(minutes=1):
                raise BadValue("taken_at", ask.taken_at.isoformat(), f"within the last {MAX_LATE.days} days")
        member = _shown(ask, brand, asker)
        customer_id = member.customer_id
    return _Source(customer_id, member, tuple(purse.id for purse in gifts), tuple(vouchers))


def _voucher(n: int, code: str, brand: UUID, asker: str) -> Voucher:
    with shown_at(n):
        return shown_voucher(code, brand=brand, asker=asker)


def _shown(ask: PayAsk, brand: UUID, asker: str) -> Member:
    """Who showed the code. Without network the member may have paid elsewhere since: the code need not be the last."""
    if ask.taken_at is None:
        return scan(ask.code, brand=brand, asker=asker, use=CardUse.PAY)
    member = scan(ask.code, brand=brand, asker=asker, at=ask.taken_at)
    if not member.fresh:
        raise refused("code_expired" if member.mark else "code_needed", member.number)
    return member


def _use(member: Member, brand: UUID, *, late: bool) -> None:
    """The code pays once; what has happened without network is booked also when the phone showed newer codes since."""
    if not late:
        use_code(member, brand=brand)
        return
    with suppress(CardRefused), savepoint():
        use_code(member, brand=brand)


CLAIM = """
    INSERT INTO wallet_payment (brand_id, id, key, asked, state, amount_minor, currency, customer_id, due_minor,
                                short_minor, store_id, at, taken_at, expires_at, by)
    VALUES (%(brand)s, %(id)s, %(key)s, %(asked)s, 'held', %(amount)s, %(currency)s, %(customer)s, 0, 0, %(store)s,
            %(now)s, %(taken)s, %(ends)s, %(by)s)
    ON CONFLICT (brand_id, key) DO NOTHING RETURNING id
"""
MINE = """
    SELECT id FROM wallet_purse
     WHERE brand_id = %s AND currency = %s AND state = 'active'
       AND ((customer_id = ANY(%s::uuid[]) AND kind <> 'gift') OR id = ANY(%s::uuid[]))
"""
SETTLE = "UPDATE wallet_payment SET due_minor = %s, short_minor = %s WHERE brand_id = %s AND id = %s"


def _authorise(ask: PayAsk, asked: str, source: _Source, brand: UUID, by: str) -> WalletPayment:
    policy, now, payment_id = stored_policy(brand, ask.currency), clock.now(), uuid7()
    late = ask.taken_at is not None
    given = {"brand": brand, "id": payment_id, "key": ask.key, "asked": asked, "amount": ask.amount_minor}
    given |= {"currency": ask.currency, "customer": source.customer_id}
    given |= {"store": ask.store_id, "now": now, "taken": ask.taken_at, "by": by[:120]}
    given |= {"ends": None if late else now + timedelta(minutes=policy.hold_minutes)}
    if not rows(CLAIM, given):  # the same request at the same moment was first: it is committed now
        known = payment_by_key(brand, ask.key)
        assert known is not None
        return _same(known, asked, brand)
    if source.member:
        _use(source.member, brand, late=late)
    wanted = ask.amount_minor - sum(tender.amount_minor for tender in ask.tenders)
    takes = _rights(ask, source, wanted, payment_id, brand, by)
    purses = _purses(ask, source, brand, late=late)
    takes += _plan(wanted - sum(take.amount_minor for take in takes), purses, policy)
    missing = wanted - sum(take.amount_minor for take in takes)
    if missing and not ask.partial and not late:
        raise NotEnough(wanted, wanted - missing, ask.currency)
    takes += [Take(uuid7(), t.kind, t.amount_minor, name=t.name, ref=t.ref) for t in ask.tenders]
    _hold(takes, payment_id, given["ends"], ask, brand)
    execute(SETTLE, [0 if late else missing, missing if late else 0, brand, payment_id])
    if late and (missing or ask.amount_minor > policy.offline_limit_minor):
        _note_short(payment_id, source, missing, policy, ask, brand)
    return wallet_payment(brand, payment_id)


def _rights(ask: PayAsk, source: _Source, wanted: int, payment_id: UUID, brand: UUID, by: str) -> list[Take]:
    """What vouchers, coupons and points pay of it. A basket whose total nobody said comes to the amount."""
    if ask.basket.total_minor is None:
        ask = replace(ask, basket=replace(ask.basket, total_minor=ask.amount_minor))
    takes = hold_vouchers(ask, source.vouchers, wanted, payment_id, brand=brand, by=by)
    takes += hold_coupons(ask, wanted - sum(take.amount_minor for take in takes), payment_id, brand=brand)
    left = wanted - sum(take.amount_minor for take in takes)
    if ask.points is not None and source.customer_id and left:
        takes += hold_points(ask, source.customer_id, left, payment_id, brand=brand, by=by)
    return takes


def _purses(ask: PayAsk, source: _Source, brand: UUID, *, late: bool) -> dict[UUID, Purse]:
    """The purses that pay, locked; a gift card that was shown and cannot pay is a refusal, unless it has happened."""
    who = source.customer_id
    records = records_of(brand, [who]).get(who, ()) if who else ()
    ids = [purse_id for (purse_id,) in rows(MINE, [brand, ask.currency, list(records), list(source.gifts)])]
    purses = lock_purses([*ids, *source.gifts])
    for gift in source.gifts:
        if not late:
            check_active(purses[gift])
        if purses[gift].currency != ask.currency:
            raise BadValue("currency", ask.currency, f"{purses[gift].currency}, as the card is")
    now = clock.now()
    return {
        purse.id: purse
        for purse in purses.values()
        if purse.state is PurseState.ACTIVE
        and (purse.expires_at is None or purse.expires_at > now)
        and (purse.kind is not PurseKind.GIFT or purse.id in source.gifts)
    }


def _plan(wanted: int, purses: dict[UUID, Purse], policy: Policy) -> list[Take]:
    """What to take; what is held is taken off the principal first, then off the bonus."""
    free = []
    for purse in purses.values():
        over = max(0, purse.held_minor - purse.principal_minor)
        principal = max(0, purse.principal_minor - purse.held_minor)
        free.append((purse.id, purse.expires_at, principal, max(0, purse.bonus_minor - over)))
    return [
        Take(uuid7(), TakeKind.STORED_VALUE, amount, purse, part.value)
        for purse, part, amount in plan(wanted, free, policy.order)
    ]


TAKES = """
    INSERT INTO wallet_take (brand_id, id, payment_id, kind, purse_id, part, name, ref, amount_minor, captured_minor,
                             points)
    SELECT %(brand)s, t.id, %(payment)s, t.kind, t.purse_id, t.part, t.name, t.ref, t.amount, 0, t.points
      FROM unnest(%(ids)s::uuid[], %(kinds)s::text[], %(purses)s::uuid[], %(parts)s::text[], %(names)s::text[],
                  %(refs)s::text[], %(amounts)s::bigint[], %(points)s::bigint[])
                  t(id, kind, purse_id, part, name, ref, amount, points)
"""


def _hold(takes: Sequence[Take], payment_id: UUID, ends: object, ask: PayAsk, brand: UUID) -> None:
    book = rulebook(brand)
    day = book.business_date(ask.taken_at or clock.now(), ask.store_id)
    holds = [
        Hold(
            take.id,
            *book.sides("wallet.spend", day, ask.currency, **of_purse(take.purse_id, take.part)),
            amount_minor=take.amount_minor,
            kind="spend",
            subject_id=payment_id,
            business_date=day,
            expires_at=ends,  # type: ignore[arg-type]
            dimensions={"store": str(ask.store_id)} if ask.store_id else {},
        )
        for take in takes
        if take.purse_id is not None
    ]
    if holds:
        hold(holds, brand=brand)
    if takes:
        execute(
            TAKES,
            {
                "brand": brand,
                "payment": payment_id,
                "ids": [take.id for take in takes],
                "kinds": [take.kind.value for take in takes],
                "purses": [take.purse_id for take in takes],
                "parts": [take.part for take in takes],
                "names": [take.name[:60] for take in takes],
                "refs": [take.ref[:200] for take in takes],
                "amounts": [take.amount_minor for take in takes],
                "points": [take.points for take in takes],
            },
        )


PUT_SHORT = """
    INSERT INTO wallet_shortfall (brand_id, id, payment_id, order_id, customer_id, amount_minor, currency, at,
                                  closed_by, resolution, note)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', '', %s)
"""


def _note_short(payment_id: UUID, source: _Source, missing: int, policy: Policy, ask: PayAsk, brand: UUID) -> None:
    """A till without network let through what it should not have: a person has to know, also when it was covered."""
    over = ask.amount_minor > policy.offline_limit_minor
    note = f"over the limit without network, {policy.offline_limit_minor}" if over else "the balance was gone"
    execute(PUT_SHORT, [brand, uuid7(), payment_id, None, source.customer_id, missing, ask.currency, clock.now(), note])
