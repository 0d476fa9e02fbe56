"""What the tests of purses have in common."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger import api
from datong.ledger.types import Account, Hold, Transfer, purse_account

DAY = date(2026, 11, 22)
CASH, TILL = Account("asset:cash", "CNY"), Account("clearing:wallet", "CNY")


def a_purse(part: str = "deposit", unit: str = "CNY") -> Account:
    return purse_account(uuid7(), part, unit)


def move(debit: Account, credit: Account, amount: int, **kw: object) -> Transfer:
    fields = {"id": uuid7(), "kind": "spend", "subject_id": uuid7(), "business_date": DAY, **kw}
    return Transfer(debit=debit, credit=credit, amount_minor=amount, **fields)  # type: ignore[arg-type]


def top_up(brand: UUID, purse: Account, amount: int) -> None:
    api.post([move(CASH, purse, amount, kind="top_up")], brand=brand)


def a_hold(purse: Account, amount: int, **kw: object) -> Hold:
    fields = {
        "id": uuid7(),
        "kind": "spend",
        "subject_id": uuid7(),
        "business_date": DAY,
        "expires_at": clock.now() + timedelta(minutes=15),
        **kw,
    }
    return Hold(debit=purse, credit=TILL, amount_minor=amount, **fields)  # type: ignore[arg-type]


def figures(brand: UUID, purse: Account) -> tuple[int, int, int]:
    """Posted, held, available."""
    found = api.available(brand, [purse])[purse]
    return found.posted_minor, found.held_minor, found.available_minor
