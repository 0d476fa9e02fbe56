"""What the tests of stored value have in common."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp

from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Sighting
from datong.customers.types.cards import CardKey
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.wallet import api
from datong.wallet.types.paying import PayAsk
from datong.wallet.types.stored import Opening, Purse, PurseKind

BY = {"by": "kim"}
DOOR = uuid7()


def person(brand: Any, name: str) -> UUID:
    sign = Identity(IdentityKind.CARD, f"sign-{name}", verified=True)
    [who] = customers.identify([Sighting(DOOR, (sign,), name)], brand=brand.id)
    assert who
    return who.customer_id


def purse(brand: Any, who: UUID, amount: int = 0, **kw: Any) -> Purse:
    opened = api.open_purse(Opening(PurseKind.PREPAID, "CNY", who, **kw), brand=brand.id, **BY)
    if amount:
        api.top_up(opened.id, amount, brand=brand.id, key=str(uuid7()), **BY)
    return api.get_purse(brand.id, opened.id)


def gift(brand: Any, amount: int = 10_000, **kw: Any) -> Any:
    ends = clock.now() + timedelta(days=365 * 4)
    opening = Opening(**{"kind": PurseKind.GIFT, "currency": "CNY", "expires_at": ends, **kw})
    return api.issue_gifts(1, amount, opening, brand=brand.id, **BY)[0]


def phone(brand: Any, who: UUID) -> CardKey:
    card = customers.issue_card(who, brand=brand.id, **BY)
    return customers.add_card_key(card.id, brand=brand.id, label="phone")


def code(key: CardKey, at: Any = None) -> str:
    """What the phone shows at a moment."""
    now = pyotp.TOTP(key.secret, digits=8, interval=30).at(at or clock.now())
    return customers.write_code(key.number, key.no, now)


def pay(brand: Any, amount: int, **kw: Any) -> Any:
    ask = PayAsk(**{"amount_minor": amount, "currency": "CNY", "key": str(uuid7()), **kw})
    return api.authorise(ask, brand=brand.id, by="till", asker="till 7")


def balance(brand: Any, purse_id: UUID) -> tuple[int, int, int]:
    """Principal, bonus, held."""
    has = api.get_purse(brand.id, purse_id)
    return has.principal_minor, has.bonus_minor, has.held_minor
