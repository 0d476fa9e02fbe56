"""Stored value and gift cards of another system: a purse each, opened against `equity:opening`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from datong.kernel import clock, outbox
from datong.kernel.db import execute, in_brand
from datong.kernel.ids import uuid7
from datong.ledger.api import post, rulebook
from datong.ledger.types import Account, Transfer, purse_account
from datong.wallet.actions.opening.kept import Step, keep, standing, strike, trail
from datong.wallet.events.stored import StoredValueChanged
from datong.wallet.types.opening import OPENING, Bring, Taken
from datong.wallet.types.stored import Part, PurseKind

METHOD = "opening"
OPEN = """
    INSERT INTO wallet_purse (brand_id, id, kind, customer_id, currency, state, opened_at, expires_at, code_hash,
                              code_end, issuer, licence, batch, reason)
    SELECT %(brand)s, p.id, %(kind)s, p.customer, p.currency, p.state, %(now)s, p.ends, p.hash, p.code_end, '', '',
           %(batch)s, ''
      FROM unnest(%(ids)s::uuid[], %(customers)s::uuid[], %(currencies)s::text[], %(ends)s::timestamptz[],
                  %(hashes)s::text[], %(code_ends)s::text[], %(states)s::text[])
           p(id, customer, currency, ends, hash, code_end, state)
     ORDER BY p.id
"""
PUT = """
    INSERT INTO wallet_topup (brand_id, id, purse_id, key, principal_minor, bonus_minor, method, ref, at, by,
                              back_minor)
    SELECT %(brand)s, t.id, t.purse, '', t.principal, t.bonus, %(method)s, %(ref)s, %(now)s, %(by)s, 0
      FROM unnest(%(ids)s::uuid[], %(purses)s::uuid[], %(principals)s::bigint[], %(bonuses)s::bigint[])
           t(id, purse, principal, bonus)
     ORDER BY t.id
"""
CLOSE = (
    "DELETE FROM wallet_topup WHERE brand_id = %s AND purse_id = ANY(%s::uuid[])",
    "DELETE FROM wallet_purse WHERE brand_id = %s AND id = ANY(%s::uuid[])",
)


def bring_money(kind: Taken, steps: Sequence[Step], *, brand: UUID, by: str, run: UUID) -> None:
    """Open, change or take back balances; a constant number of statements.

    What is taken back or changed must be as it was opened: Conflict when something was done with it since.
    """
    with in_brand(brand):
        gone = standing(kind, steps, brand)
        made = [(after, uuid7(), uuid7()) for _, after in steps if after is not None]
        day = rulebook(brand).business_date(clock.now())
        moves = [move for was in gone.values() for move in _back(was.it, was.thing_id, run, day)]
        moves += [move for it, purse, top_up in made for move in _there(it, purse, top_up, run, day)]
        strike(kind, list(gone), brand)
        _open(kind, made, brand, by, run)
        post(moves, brand=brand, late=True)
        if gone:
            for statement in CLOSE:
                execute(statement, [brand, [was.thing_id for was in gone.values()]])
        details = {purse: {"end": it.code_end, "state": it.state} for it, purse, _ in made}
        keep(kind, [(it, purse) for it, purse, _ in made], run, brand, details)
        trail(kind, steps, brand, by, run)
        outbox.emit(*(StoredValueChanged(purse, it.customer_id, "opening") for it, purse, _ in made))


def _open(kind: Taken, made: Sequence[tuple[Bring, UUID, UUID]], brand: UUID, by: str, run: UUID) -> None:
    if not made:
        return
    now: datetime = clock.now()
    gift = kind is Taken.GIFT
    execute(
        OPEN,
        {
            "brand": brand,
            "kind": (PurseKind.GIFT if gift else PurseKind.PREPAID).value,
            "now": now,
            "batch": f"import {run}"[:60] if gift else "",
            "ids": [purse for _, purse, _ in made],
            "customers": [it.customer_id for it, _, _ in made],
            "currencies": [it.unit for it, _, _ in made],
            "ends": [it.expires_at for it, _, _ in made],
            "hashes": [it.ref if gift else "" for it, _, _ in made],
            "code_ends": [it.code_end for it, _, _ in made],
            "states": [it.state for it, _, _ in made],
        },
    )
    execute(
        PUT,
        {
            "brand": brand,
            "now": now,
            "by": by[:120],
            "method": METHOD,
            "ref": f"import {run}",
            "ids": [top_up for _, _, top_up in made],
            "purses": [purse for _, purse, _ in made],
            "principals": [it.principal for it, _, _ in made],
            "bonuses": [it.bonus for it, _, _ in made],
        },
    )


def _there(it: Bring, purse: UUID, subject: UUID, run: UUID, day: date) -> list[Transfer]:
    opening = Account(OPENING, it.unit)
    sides = ((Part.PRINCIPAL, it.principal), (Part.BONUS, it.bonus))
    return [
        Transfer(uuid7(), opening, purse_account(purse, part, it.unit), amount, "opening", subject, day, _about(run))
        for part, amount in sides
        if amount
    ]


def _back(it: Bring, purse: UUID, run: UUID, day: date) -> list[Transfer]:
    opening = Account(OPENING, it.unit)
    sides = ((Part.PRINCIPAL, it.principal), (Part.BONUS, it.bonus))
    return [
        Transfer(uuid7(), purse_account(purse, part, it.unit), opening, amount, "opening_back", purse, day, _about(run))
        for part, amount in sides
        if amount
    ]


def _about(run: UUID) -> dict[str, str]:
    return {"import": str(run)}
