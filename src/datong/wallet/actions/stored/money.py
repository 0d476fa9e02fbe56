"""Money put on a purse, moved between purses, and paid back to where it came from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.brand.api import list_channels, stores_by_id
from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadValue, Conflict, Problem
from datong.kernel.ids import uuid7
from datong.kernel.once import once
from datong.ledger.api import post
from datong.wallet.actions.places import check_place
from datong.wallet.actions.stored.common import (
    booked,
    check_active,
    check_reason,
    lock_purses,
    of_purse,
    paid_with,
    trail,
)
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.queries.stored import stored_policy, top_ups_of
from datong.wallet.rules.stored import bonus_of, check_amount, pay_back, room
from datong.wallet.types.paying import NotEnough
from datong.wallet.types.places import Use
from datong.wallet.types.stored import PaidBack, Part, Policy, Purse, PurseKind, TopUp, refused

MAX_METHOD = 60
PUT = """
    INSERT INTO wallet_topup (brand_id, id, purse_id, key, principal_minor, bonus_minor, method, ref, store_id, at, by,
                              back_minor)
    VALUES (%(brand)s, %(id)s, %(purse)s, %(key)s, %(principal)s, %(bonus)s, %(method)s, %(ref)s, %(store)s, %(now)s,
            %(by)s, 0)
    ON CONFLICT (brand_id, key) WHERE NOT key = '' DO NOTHING RETURNING id
"""
BY_KEY = """
    SELECT id, purse_id, principal_minor, bonus_minor, method, ref, at, by, back_minor FROM wallet_topup
     WHERE brand_id = %s AND key = %s
"""


def top_up(
    purse_id: UUID,
    amount_minor: int,
    *,
    brand: UUID,
    by: str,
    key: str,
    method: str = "cash",
    ref: str = "",
    store_id: UUID | None = None,
    bonus_minor: int | None = None,
    channel_id: UUID | None = None,
) -> TopUp:
    """Put money on a purse, with the bonus of the brand's rules (`bonus_minor` given: exactly that, for imports).

    A rule of a store or a channel holds for a top-up of that `store_id` or `channel_id`.

    `key` is the caller's: the same top-up again is the same. Raises BadValue naming the field, PurseRefused (frozen,
    expired, `limit` of the place), NotAcceptedHere, Conflict `key_used` for a key of another top-up.
    """
    check_amount(amount_minor)
    if not 0 < len(key) <= 200 or not key.isprintable():
        raise BadValue("Idempotency-Key", key[:80], "1 to 200 printable characters")
    if not 0 < len(method) <= MAX_METHOD or not method.isprintable() or " " in method:
        raise BadValue("method", method[:80], "one word, such as cash, wechat, alipay")
    with in_brand(brand):
        purse = lock_purses([purse_id])[purse_id]
        if known := rows(BY_KEY, [brand, key]):
            return _same(TopUp(*known[0]), purse_id, amount_minor, method)
        if store_id is not None:
            check_place(brand, store_id, Use.CARD)
        check_active(purse)
        policy = stored_policy(brand, purse.currency)
        bonus = _bonus(policy, amount_minor, store_id, channel_id, brand) if bonus_minor is None else bonus_minor
        check_room(purse, amount_minor + bonus, policy)
        now, top_up_id = clock.now(), uuid7()
        given = {"brand": brand, "id": top_up_id, "purse": purse_id, "key": key, "principal": amount_minor}
        given |= {"bonus": bonus, "method": method, "ref": ref[:200], "store": store_id, "now": now, "by": by[:120]}
        if not rows(PUT, given):
            return _same(TopUp(*rows(BY_KEY, [brand, key])[0]), purse_id, amount_minor, method)
        _post_top_up(purse, amount_minor, bonus, method, top_up_id, brand, store_id)
        trail("purse.top_up", purse, by, store=store_id, amount_minor=amount_minor, bonus_minor=bonus, method=method)
        return TopUp(top_up_id, purse_id, amount_minor, bonus, method, ref[:200], now, by[:120])


def _bonus(policy: Policy, amount: int, store_id: UUID | None, channel_id: UUID | None, brand: UUID) -> int:
    """The codes of store and channel are looked up only when a rule asks for them."""
    store = channel = ""
    if store_id and any(rule.stores for rule in policy.bonus):
        found = stores_by_id(brand, [store_id]).get(store_id)
        store = found.code if found else ""
    if channel_id and any(rule.channels for rule in policy.bonus):
        channel = next((each.code for each in list_channels(brand) if each.id == channel_id), "")
    return bonus_of(policy, amount, clock.now(), store, channel)[0]


def _same(known: TopUp, purse_id: UUID, amount_minor: int, method: str) -> TopUp:
    if (known.purse_id, known.principal_minor, known.method) != (purse_id, amount_minor, method):
        problem = Problem("Idempotency-Key", "key_used", "a new key for a new top-up")
        raise Conflict("this key was used for another top-up", problem)
    return known


def check_room(purse: Purse, more: int, policy: Policy) -> None:
    most = room(policy, named=purse.customer_id is not None)
    has = purse.principal_minor + purse.bonus_minor
    if most is not None and has + more > most:
        raise refused("limit", field="amount_minor", shown=f"at most {max(0, most - has)} more")


def _post_top_up(
    purse: Purse, amount: int, bonus: int, method: str, subject: UUID, brand: UUID, store: UUID | None
) -> None:
    at, places = str(store) if store else "", of_purse(purse.id) | paid_with(method, str(store or ""))
    moves = [booked("wallet.topup", amount, "top_up", subject, purse.currency, places, store=at)]
    if bonus:
        moves.append(booked("wallet.bonus", bonus, "top_up_bonus", subject, purse.currency, places, store=at))
    post(moves, brand=brand, late=True)
    outbox.emit(StoredValueChanged(purse.id, purse.customer_id, "top_up", subject))


def transfer(
    from_id: UUID, to_id: UUID, amount_minor: int, *, brand: UUID, by: str, key: str, reason: str
) -> tuple[Purse, Purse]:
    """Move principal from one purse to another of the same currency; what was given as a bonus stays where it is.

    The same key again is the same transfer. Raises PurseRefused, NotEnough and BadValue.
    """
    why = check_reason(reason)
    check_amount(amount_minor)
    if from_id == to_id:
        raise BadValue("to_id", str(to_id), "another purse")

    def work() -> bool:
        purses = lock_purses([from_id, to_id])
        giver, taker = purses[from_id], purses[to_id]
        check_active(giver)
        check_active(taker)
        if giver.currency != taker.currency:
            raise BadValue("to_id", taker.currency, f"a purse in {giver.currency}")
        if PurseKind.PARTNER in (giver.kind, taker.kind):
            raise BadValue("from_id", giver.kind, "purses of this brand: a partner's card is spent, not moved")
        check_room(taker, amount_minor, stored_policy(brand, taker.currency))
        check_free(giver, amount_minor)
        places = of_purse(giver.id, Part.PRINCIPAL.value) | {"to": taker.id.hex}
        moved = booked("wallet.move", amount_minor, "purse_transfer", uuid7(), giver.currency, places)
        post([moved], brand=brand, late=True)
        trail("purse.transfer", giver, by, reason=why, amount_minor=amount_minor, to=str(to_id))
        outbox.emit(*(StoredValueChanged(p.id, p.customer_id, "transfer") for p in (giver, taker)))
        return True

    with in_brand(brand):
        once("wallet.transfer", key, [from_id, to_id, amount_minor], work)
        purses = lock_purses([from_id, to_id])
        return purses[from_id], purses[to_id]


def check_free(purse: Purse, amount_minor: int) -> None:
    """What is held counts against the principal first: it is what could be missing."""
    free = max(0, purse.principal_minor - purse.held_minor)
    if amount_minor > free:
        raise NotEnough(amount_minor, free, purse.currency)


BACK = "UPDATE wallet_topup SET back_minor = back_minor + %s WHERE brand_id = %s AND id = %s"
PUT_BACK = """
    INSERT INTO wallet_payback (brand_id, id, top_up_id, amount_minor, bonus_minor, reason, at, by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


def pay_out(purse_id: UUID, amount_minor: int, *, brand: UUID, by: str, key: str, reason: str) -> list[PaidBack]:
    """Pay principal back to where it came from (原路退回), the newest top-up first; its bonus is taken back in
    proportion, as far as it was not spent. A bonus is never paid out.

    The same key again is the same refund. Raises NotEnough for more principal than is free or than came by top-ups,
    PurseRefused for a purse that is frozen or a partner's.
    """
    why = check_reason(reason)
    check_amount(amount_minor)

    def work() -> list[Any]:
        purse = lock_purses([purse_id])[purse_id]
        check_active(purse)
        if purse.kind is PurseKind.PARTNER:
            raise BadValue("purse_id", str(purse_id), "a card of ours: the issuer pays this one back")
        check_free(purse, amount_minor)
        top_ups = top_ups_of(brand, [purse_id], limit=1000)
        free_bonus = max(0, min(purse.bonus_minor, purse.available_minor - amount_minor))
        shares = pay_back(
            amount_minor,
            [(t.id, t.principal_minor, t.back_minor, t.bonus_minor) for t in top_ups],
            free_bonus,
        )
        if sum(part for _, part, _ in shares) < amount_minor:
            raise NotEnough(amount_minor, sum(part for _, part, _ in shares), purse.currency)
        known = {t.id: t for t in top_ups}
        return [_pay_one(purse, known[top], part, bonus, brand, by, why) for top, part, bonus in shares]

    with in_brand(brand):
        made = once("wallet.pay_out", key, [purse_id, amount_minor], work)
    return [PaidBack(UUID(str(top)), method, ref, part, bonus) for top, method, ref, part, bonus in made]


def _pay_one(purse: Purse, top: TopUp, part: int, bonus: int, brand: UUID, by: str, why: str) -> list[Any]:
    now, back_id = clock.now(), uuid7()
    execute(BACK, [part, brand, top.id])
    execute(PUT_BACK, [brand, back_id, top.id, part, bonus, why, now, by[:120]])
    places = of_purse(purse.id) | paid_with(top.method)
    moves = [booked("wallet.payback", part, "top_up_back", back_id, purse.currency, places)]
    if bonus:
        moves.append(booked("wallet.bonus.back", bonus, "top_up_bonus", back_id, purse.currency, places))
    post(moves, brand=brand, late=True)
    trail("purse.pay_out", purse, by, reason=why, amount_minor=part, bonus_minor=bonus, method=top.method)
    outbox.emit(StoredValueChanged(purse.id, purse.customer_id, "pay_out", top.id))
    return [str(top.id), top.method, top.ref, part, bonus]
