"""Reads of stored value: purses with their balances, top-ups, what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from datong.brand.api import get_brand
from datong.customers.api import records_of
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import NotFound
from datong.ledger.api import available
from datong.ledger.types import Difference, purse_account
from datong.wallet.rules.stored import (
    bonus_of,
    check_amount,
    check_months,
    check_opening,
    code_hash,
    policy_of,
    room,
)
from datong.wallet.types.stored import (
    BonusRule,
    Liability,
    Opening,
    Part,
    Policy,
    Purse,
    PurseKind,
    PurseState,
    TopUp,
    refused,
)

COLUMNS = """id, kind, customer_id, currency, state, opened_at, expires_at, code_end, issuer, licence, batch, reason,
    replaced_by"""
SAID = "SELECT settings::text FROM wallet_policy WHERE brand_id = %s AND currency = %s"


def stored_policy(brand: UUID, currency: str) -> Policy:
    """What holds for a currency: the place's limits with the brand's own words; two statements."""
    from msgspec import json

    with in_brand(brand):
        said = rows(SAID, [brand, currency])
        return policy_of(get_brand(brand).country, json.decode(said[0][0]) if said else {})


def preview_bonus(
    brand: UUID, currency: str, amount_minor: int, *, store: str = "", channel: str = "", at: datetime | None = None
) -> tuple[int, BonusRule | None]:
    """What a top-up of this amount would give on top, and by which rule; `store` and `channel` are codes."""
    return bonus_of(stored_policy(brand, currency), check_amount(amount_minor), at or clock.now(), store, channel)


def check_sold_card(opening: Opening, face_minor: int, *, brand: UUID) -> None:
    """Whether the place lets us sell another brand's card without a name: its licence, what may be on it, how long it
    is good. Raises BadValue and PurseRefused (`unlicensed`, `limit`)."""
    policy = stored_policy(brand, opening.currency)
    check_opening(opening, policy, clock.now())
    check_months(opening.expires_at, policy, clock.now())
    most = room(policy, named=False)
    if most is not None and face_minor > most:
        raise refused("limit", field="face_minor", shown=f"at most {most}")


OF = f"""
    SELECT {COLUMNS} FROM wallet_purse WHERE brand_id = %s AND customer_id = ANY(%s::uuid[]) ORDER BY id LIMIT 200
"""  # noqa: S608  constants only
BY_ID = f"SELECT {COLUMNS} FROM wallet_purse WHERE brand_id = %s AND id = ANY(%s::uuid[]) ORDER BY id"  # noqa: S608
BY_CODE = f"SELECT {COLUMNS} FROM wallet_purse WHERE brand_id = %s AND code_hash = ANY(%s::text[]) ORDER BY id"  # noqa: S608
BATCH = f"""
    SELECT {COLUMNS} FROM wallet_purse
     WHERE brand_id = %(brand)s AND kind <> 'prepaid' AND (%(after)s::uuid IS NULL OR id < %(after)s::uuid)
       AND (%(batch)s::text = '' OR batch = %(batch)s::text)
       AND (%(end)s::text = '' OR code_end = %(end)s::text)
     ORDER BY id DESC LIMIT %(limit)s
"""  # noqa: S608  constants only


def purses_of(brand: UUID, customer_id: UUID) -> list[Purse]:
    """The purses of all records of the person, oldest first, with their balances; three statements."""
    with in_brand(brand):
        records = records_of(brand, [customer_id]).get(customer_id, ())
        return with_balances(brand, rows(OF, [brand, list(records)]))


def purses_by_id(brand: UUID, ids: Iterable[UUID]) -> list[Purse]:
    """These purses with their balances, those that exist; two statements."""
    with in_brand(brand):
        return with_balances(brand, rows(BY_ID, [brand, list(ids)]))


def get_purse(brand: UUID, purse_id: UUID) -> Purse:
    found = purses_by_id(brand, [purse_id])
    if not found:
        raise NotFound(f"no purse {purse_id}")
    return found[0]


def purses_by_code(brand: UUID, codes: Sequence[str]) -> list[Purse]:
    """The purses these gift codes (plain, checked) open."""
    with in_brand(brand):
        return with_balances(brand, rows(BY_CODE, [brand, [code_hash(code) for code in codes]]))


def gift_purses(
    brand: UUID, *, batch: str = "", end: str = "", after: UUID | None = None, limit: int = 50
) -> list[Purse]:
    """A page of cards with a code, or of one batch, or whose code ends like this, the newest first."""
    params = {"brand": brand, "batch": batch, "end": end, "after": after, "limit": min(limit, 1000)}
    with in_brand(brand):
        return with_balances(brand, rows(BATCH, params))


def with_balances(brand: UUID, found: Sequence[Sequence[Any]]) -> list[Purse]:
    """Rows of COLUMNS as purses, with what the ledger has of them; one statement."""
    accounts = {(row[0], part): purse_account(row[0], part, row[3]) for row in found for part in Part}
    has = available(brand, accounts.values()) if accounts else {}
    made = []
    for row in found:
        principal, bonus = (has[accounts[row[0], part]] for part in (Part.PRINCIPAL, Part.BONUS))
        held = principal.held_minor + bonus.held_minor
        figures = (principal.posted_minor, bonus.posted_minor, held)
        kinds = PurseKind(row[1]), row[2], row[3], PurseState(row[4])
        made.append(Purse(row[0], *kinds, *(*row[5:13], *figures)))
    return made


TOP_UPS = """
    SELECT id, purse_id, principal_minor, bonus_minor, method, ref, at, by, back_minor FROM wallet_topup
     WHERE brand_id = %s AND purse_id = ANY(%s::uuid[]) ORDER BY id DESC LIMIT %s
"""


def top_ups_of(brand: UUID, purse_ids: Sequence[UUID], *, limit: int = 100) -> list[TopUp]:
    """What was put on these purses, the newest first."""
    with in_brand(brand):
        return [TopUp(*row) for row in rows(TOP_UPS, [brand, list(purse_ids), limit])]


# The balances of all purses of a kind, straight from the rows that the ledger keeps beside its transfers.
OWED = """
    SELECT p.kind, p.currency, count(DISTINCT p.id),
           coalesce(sum(b.credits_minor - b.debits_minor) FILTER (WHERE a.code LIKE '%%:principal'), 0)::bigint,
           coalesce(sum(b.credits_minor - b.debits_minor) FILTER (WHERE a.code LIKE '%%:bonus'), 0)::bigint,
           coalesce(sum(b.held_debits_minor), 0)::bigint
      FROM wallet_purse p
      LEFT JOIN ledger_account a ON a.brand_id = p.brand_id AND a.currency = p.currency
       AND a.code IN ('liability:purse:' || replace(p.id::text, '-', '') || ':principal',
                      'liability:purse:' || replace(p.id::text, '-', '') || ':bonus')
      LEFT JOIN ledger_balance b ON b.brand_id = a.brand_id AND b.account_id = a.id
     WHERE p.brand_id = %s
     GROUP BY 1, 2 ORDER BY 1, 2
"""


def liabilities(brand: UUID) -> list[Liability]:
    """What the brand owes on stored value, by kind and currency; one statement over all purses."""
    with in_brand(brand):
        return [Liability(PurseKind(row[0]), *row[1:]) for row in rows(OWED, [brand])]


BOOKED = """
    SELECT a.currency, sum(CASE WHEN t.credit_id = a.id THEN t.amount_minor ELSE -t.amount_minor END)::bigint
      FROM ledger_account a
      JOIN ledger_transfer t ON t.brand_id = a.brand_id AND (t.credit_id = a.id OR t.debit_id = a.id)
     WHERE a.brand_id = %s AND a.code LIKE 'liability:purse:%%'
       AND (a.code LIKE '%%:principal' OR a.code LIKE '%%:bonus')
     GROUP BY 1
"""


def stored_differences(brand: UUID) -> list[tuple[str, int, int]]:
    """Currencies where what all cards hold is not what the transfers say: (currency, cards, books). Good: none.

    The sum of the cards is made from whose they are, the books from the transfers: money on a purse nobody has shows.
    """
    with in_brand(brand):
        books = dict(rows(BOOKED, [brand]))
        cards: dict[str, int] = {}
        for owed in liabilities(brand):
            cards[owed.currency] = cards.get(owed.currency, 0) + owed.principal_minor + owed.bonus_minor
    return [
        (currency, cards.get(currency, 0), books.get(currency, 0))
        for currency in sorted({*cards, *books})
        if cards.get(currency, 0) != books.get(currency, 0)
    ]


def check_stored_value(brand: UUID) -> list[Difference]:
    """For the ledger's recount: what all cards hold is what the transfers say."""
    return [
        Difference("stored_value", "liability:purse", currency, cards - books)
        for currency, cards, books in stored_differences(brand)
    ]
