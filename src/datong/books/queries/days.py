"""Stores' business days, what cash the books expect, and what each provider's day was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from datong.books.types import Day, DayState, Matched
from datong.brand.api import get_brand
from datong.kernel.db import in_brand, rows
from datong.ledger.api import report, rulebook
from datong.ledger.types import Asked

COLUMNS = """
    SELECT store_id, day, state, currency, expected_minor, counted_minor, deposit_minor, pieces, note, counted_by,
           counted_at, closed_by, closed_at, locked_by, locked_at FROM books_day
"""
ONE = f"{COLUMNS} WHERE brand_id = %(brand)s AND store_id = %(store)s AND day = %(day)s"
LATEST = f"""
    {COLUMNS} WHERE brand_id = %(brand)s AND day >= %(since)s
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
     ORDER BY day DESC, store_id LIMIT 2000
"""


def day_of(brand_id: UUID, store_id: UUID, day: date) -> Day:
    """A store's day as it stands; an open one with what is expected now."""
    with in_brand(brand_id):
        found = rows(ONE, {"brand": brand_id, "store": store_id, "day": day})
        if found and found[0][2] != DayState.OPEN:
            return _day(found[0])
        currency = get_brand(brand_id).currency
        return Day(store_id, day, DayState.OPEN, currency, expected_cash(brand_id, store_id, day))


def days_of(brand_id: UUID, since: date, stores: Sequence[UUID] | None = None) -> list[Day]:
    """Days since one that were counted at least, the newest first; one statement."""
    with in_brand(brand_id):
        return [
            _day(row)
            for row in rows(
                LATEST, {"brand": brand_id, "since": since, "stores": None if stores is None else list(stores)}
            )
        ]


def _day(row: Sequence[Any]) -> Day:
    pieces = msgspec.json.decode(row[7]) if isinstance(row[7], str) else row[7]
    whole = {int(face): count for face, count in pieces.items()}
    given: tuple[Any, ...] = (*row[3:7], whole, *row[8:])
    return Day(row[0], row[1], DayState(row[2]), *given)


def cash_codes(brand_id: UUID, day: date) -> tuple[str, ...]:
    """What the accounts of money taken at the counter begin with, whatever their channel."""
    rule = rulebook(brand_id).rule("received.counter", day).debit
    return (rule.partition("{")[0],)


def expected_cash(brand_id: UUID, store_id: UUID, day: date) -> int:
    """What the books say is in the store at the end of the day: all days up to it; one statement."""
    asked = Asked(until=day, where={"store": str(store_id)}, codes=cash_codes(brand_id, day))
    currency = get_brand(brand_id).currency
    found = report(brand_id, asked).rows
    return sum(row.closing_minor for row in found if row.account.currency == currency)


MATCHED = """
    SELECT DISTINCT ON (account) account, ours_minor, theirs_minor, by, reason FROM books_match
     WHERE brand_id = %(brand)s AND day = %(day)s ORDER BY account, id DESC
"""


def provider_figures(brand_id: UUID, day: date, *, store_id: UUID | None = None) -> list[Matched]:
    """What came in and went out at each provider and platform on a day by our books, beside their own figure.

    All stores of the brand together, as a provider tells it; with `store_id` only those the store had entries with.
    Two statements, three for a store's. A figure of theirs that was matched with another of ours is open again.
    """
    codes = ("asset:provider:", "asset:platform:", "asset:issuer:")
    currency = get_brand(brand_id).currency
    with in_brand(brand_id):
        ours = {
            row.account.code: row.net_minor
            for row in report(brand_id, Asked(day, day, codes=codes)).rows
            if row.account.currency == currency and (row.debits_minor or row.credits_minor)
        }
        if store_id is not None:
            asked = Asked(day, day, where={"store": str(store_id)}, codes=codes)
            mine = {r.account.code for r in report(brand_id, asked).rows if r.debits_minor or r.credits_minor}
            ours = {code: minor for code, minor in ours.items() if code in mine}
        said = {row[0]: Matched(*row) for row in rows(MATCHED, {"brand": brand_id, "day": day})}
    return [
        said[code] if code in said and said[code].ours_minor == minor else Matched(code, minor, None)
        for code, minor in sorted(ours.items())
    ]
