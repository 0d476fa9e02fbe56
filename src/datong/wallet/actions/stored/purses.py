"""Purses: opened, frozen, given free, replaced when a card is lost, ended when their time is over."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from msgspec import json, to_builtins

from datong.customers.api import records_of
from datong.kernel import audit, clock
from datong.kernel.db import current_brand, execute, in_brand, rows
from datong.kernel.errors import BadValue, NotFound
from datong.kernel.ids import uuid7
from datong.kernel.money import exponent
from datong.kernel.once import once
from datong.ledger.api import post
from datong.wallet.actions.stored.common import (
    PARTS,
    booked,
    check_reason,
    lock_purses,
    of_purse,
    trail,
)
from datong.wallet.queries.stored import get_purse, stored_policy
from datong.wallet.rules.stored import (
    ALPHABET,
    check_bonus,
    check_opening,
    check_policy,
    code_hash,
    make_gift_code,
    policy_of,
    shown_gift_code,
)
from datong.wallet.types.stored import BonusRule, GiftCard, Opening, Policy, Purse, PurseKind, PurseState, refused

PUT_POLICY = """
    INSERT INTO wallet_policy (brand_id, currency, settings, changed_at) VALUES (%s, %s, %s::jsonb, %s)
    ON CONFLICT (brand_id, currency) DO UPDATE SET settings = excluded.settings, changed_at = excluded.changed_at
"""
OWN_WORDS = ("bonus", "order", "offline_limit_minor", "hold_minutes", "named_max_minor", "anonymous_max_minor",
             "anonymous_months", "packets")  # fmt: skip


def put_stored_policy(currency: str, said: dict[str, Any], *, brand: UUID, by: str) -> Policy:
    """Say what holds for stored value of a currency: bonus steps, order of spending, limits within the place's.

    What is not named stays as it was; None takes the brand's own word away. Two people who say different things at
    once say both: the row is locked. Raises BadValue naming the field that cannot be.
    """
    exponent(currency)
    for name in said:
        if name not in OWN_WORDS:
            raise BadValue(name, said[name], "one of " + ", ".join(OWN_WORDS))
    with in_brand(brand):
        kept = _said(currency, brand)
        before = stored_policy(brand, currency)
        whole = {name: value for name, value in {**kept, **said}.items() if value is not None}
        try:
            after = policy_of(before.place, whole)
        except (TypeError, ValueError):
            raise BadValue("order", str(said)[:80], "values of the kinds that are documented") from None
        check_policy(after)
        execute(PUT_POLICY, [brand, currency, json.encode(whole).decode(), clock.now()])
        audit.record(
            brand=brand,
            actor=by,
            verb="wallet.policy",
            subject=f"stored value {currency}",
            before=to_builtins(before),
            after=to_builtins(after),
        )
        return after


SAID = "SELECT settings::text FROM wallet_policy WHERE brand_id = %s AND currency = %s FOR UPDATE"
FIRST = """
    INSERT INTO wallet_policy (brand_id, currency, settings, changed_at) VALUES (%s, %s, '{}'::jsonb, %s)
    ON CONFLICT DO NOTHING
"""


def _said(currency: str, brand: UUID) -> dict[str, Any]:
    """The brand's own words as they are kept, with their row locked."""
    execute(FIRST, [brand, currency, clock.now()])
    ((text,),) = rows(SAID, [brand, currency])
    return dict(json.decode(text))


def put_bonus_rule(currency: str, rule: BonusRule, *, brand: UUID, by: str) -> Policy:
    """Add a rule for what is given on top of a top-up, or change the one of its code. Raises BadInput by field."""
    check_bonus(rule)
    return _change_bonus(currency, rule.code, rule, brand, by)


def drop_bonus_rule(currency: str, code: str, *, brand: UUID, by: str) -> Policy:
    """Take a rule away; what was given stays. Twice is once."""
    return _change_bonus(currency, code, None, brand, by)


def _change_bonus(currency: str, code: str, rule: BonusRule | None, brand: UUID, by: str) -> Policy:
    """Two people who change rules at once change both: the row of the policy is locked."""
    exponent(currency)
    with in_brand(brand):
        _said(currency, brand)
        kept = [each for each in stored_policy(brand, currency).bonus if each.code != code]
        rules = sorted([*kept, rule] if rule else kept, key=lambda each: (each.from_minor, each.code))
        return put_stored_policy(currency, {"bonus": to_builtins(rules)}, brand=brand, by=by)


PUT = """
    INSERT INTO wallet_purse (brand_id, id, kind, customer_id, currency, state, opened_at, expires_at, code_hash,
                              code_end, issuer, licence, batch, reason)
    VALUES (%(brand)s, %(id)s, %(kind)s, %(customer)s, %(currency)s, 'active', %(now)s, %(ends)s, %(hash)s, %(end)s,
            %(issuer)s, %(licence)s, %(batch)s, '')
"""


def put_purse(opening: Opening, code: str = "") -> UUID:
    """Write a purse that was checked; its id."""
    purse_id = uuid7()
    execute(
        PUT,
        {
            "brand": current_brand(),
            "id": purse_id,
            "kind": opening.kind.value,
            "customer": opening.customer_id,
            "currency": opening.currency,
            "now": clock.now(),
            "ends": opening.expires_at,
            "hash": code_hash(code) if code else "",
            "end": code[-4:],
            "issuer": opening.issuer[:120],
            "licence": opening.licence[:60],
            "batch": opening.batch[:60],
        },
    )
    return purse_id


def new_code(brand: UUID) -> str:
    return make_gift_code(brand, secrets.randbelow(len(ALPHABET) ** 12))


def open_purse(opening: Opening, *, brand: UUID, by: str, key: str = "") -> Purse:
    """Open a purse for a customer's record; the same key again is the same purse.

    Raises BadValue for what the place does not allow, NotFound for no such customer, PurseRefused `unlicensed`.
    """
    exponent(opening.currency)
    if opening.customer_id is None:
        raise BadValue("customer_id", None, "a customer; cards without a name are issued as gift cards")
    asked = [opening.kind, opening.currency, opening.customer_id, opening.expires_at, opening.issuer]
    with in_brand(brand):
        check_opening(opening, stored_policy(brand, opening.currency), clock.now())
        if not records_of(brand, [opening.customer_id]):
            raise NotFound(f"no customer {opening.customer_id}")

        def work() -> str:
            purse = get_purse(brand, put_purse(opening))
            trail("purse.open", purse, by, kind=opening.kind, issuer=opening.issuer)
            return str(purse.id)

        return get_purse(brand, UUID(once("wallet.open", key, asked, work)))


STATE = "UPDATE wallet_purse SET state = %s, reason = %s, replaced_by = %s WHERE brand_id = %s AND id = %s"


def freeze_purse(purse_id: UUID, *, brand: UUID, by: str, reason: str) -> Purse:
    """Nothing is paid from it until it is given free. What is held already may still be taken."""
    return _turn(purse_id, PurseState.FROZEN, brand, by, reason)


def unfreeze_purse(purse_id: UUID, *, brand: UUID, by: str, reason: str) -> Purse:
    """It pays again."""
    return _turn(purse_id, PurseState.ACTIVE, brand, by, reason)


def _turn(purse_id: UUID, state: PurseState, brand: UUID, by: str, reason: str) -> Purse:
    why = check_reason(reason)
    with in_brand(brand):
        purse = lock_purses([purse_id])[purse_id]
        if purse.state not in (PurseState.ACTIVE, PurseState.FROZEN):
            raise refused(f"purse_{purse.state.value}", field="purse_id", shown=purse_id)
        if purse.state is not state:
            execute(STATE, [state.value, why, None, brand, purse_id])
            verb = "purse.freeze" if state is PurseState.FROZEN else "purse.unfreeze"
            trail(verb, purse, by, reason=why, state=state)
        return get_purse(brand, purse_id)


def replace_gift(purse_id: UUID, *, brand: UUID, by: str, reason: str) -> GiftCard:
    """A lost card with a code: a new code in its place, with all its money; the old code ends.

    Raises PurseRefused: purse_held while a payment holds money of it, purse_replaced when it was done before (its new
    code was told then), no_named for a customer's own purse, which has no code to lose.
    """
    why = check_reason(reason)
    with in_brand(brand):
        purse = lock_purses([purse_id])[purse_id]
        if purse.kind is PurseKind.PREPAID:
            raise refused("no_named", field="purse_id", shown=purse_id)
        if purse.state in (PurseState.REPLACED, PurseState.EXPIRED):
            raise refused(f"purse_{purse.state.value}", field="purse_id", shown=purse_id)
        if purse.held_minor:
            raise refused("purse_held", field="purse_id", shown=purse_id)
        code = new_code(brand)
        opening = Opening(
            purse.kind, purse.currency, purse.customer_id, purse.expires_at, purse.issuer, purse.licence, purse.batch
        )
        new = put_purse(opening, code)
        moves = [
            booked(
                "wallet.move",
                amount,
                "purse_replaced",
                new,
                purse.currency,
                of_purse(purse_id, part.value) | {"to": new.hex},
            )
            for part, amount in zip(PARTS, (purse.principal_minor, purse.bonus_minor), strict=True)
            if amount
        ]
        post(moves, brand=brand, late=True)
        execute(MOVE_TOP_UPS, {"brand": brand, "old": purse_id, "new": new})
        execute(STATE, ["replaced", why, new, brand, purse_id])
        trail("purse.replace", purse, by, reason=why, amount_minor=purse.available_minor, by_purse=str(new))
        return GiftCard(new, shown_gift_code(code), purse.available_minor, purse.currency, purse.expires_at)


MOVE_TOP_UPS = "UPDATE wallet_topup SET purse_id = %(new)s WHERE brand_id = %(brand)s AND purse_id = %(old)s"
DUE = """
    SELECT id FROM wallet_purse
     WHERE brand_id = %s AND state = 'active' AND expires_at IS NOT NULL AND expires_at <= %s ORDER BY id LIMIT %s
"""


def expire_purses(brand: UUID, *, limit: int = 500) -> int:
    """End purses whose time is over: what is on them becomes income. Those with money held wait. How many ended."""
    with in_brand(brand):
        due = [purse_id for (purse_id,) in rows(DUE, [brand, clock.now(), limit])]
        purses = [purse for purse in lock_purses(due).values() if purse.state is PurseState.ACTIVE] if due else []
        moves, ended = [], 0
        for purse in purses:
            if purse.held_minor:
                continue
            lapsed = (("wallet.lapsed", purse.principal_minor), ("wallet.bonus.lapsed", purse.bonus_minor))
            moves += [booked(event, amount, "breakage", purse.id, purse.currency, of_purse(purse.id))
                      for event, amount in lapsed if amount]  # fmt: skip
            execute(STATE, ["expired", "its time is over", None, brand, purse.id])
            trail("purse.expire", purse, "wallet", amount_minor=purse.available_minor)
            ended += 1
        post(moves, brand=brand, late=True)
        return ended
