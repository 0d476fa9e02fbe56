"""Statements of accounts and the holds that are open: reads for a page, a limited number of rows each."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue
from datong.ledger import rules
from datong.ledger.queries.balances import COLUMNS, START, _posted, balances
from datong.ledger.queries.holds import HELD, _held
from datong.ledger.types import Account, Entered, Held, Statement, sign_of

MAX_LINES = 1000
FIRST = date(1, 1, 1)
LINES = f"""
    SELECT * FROM (
        ({COLUMNS} WHERE t.brand_id = %(brand)s AND t.debit_id = %(account)s AND t.business_date >= %(since)s
           AND t.business_date <= %(until)s AND (t.business_date, t.id) > (%(day)s, %(after)s)
         ORDER BY t.business_date, t.id LIMIT %(limit)s)
        UNION ALL
        ({COLUMNS} WHERE t.brand_id = %(brand)s AND t.credit_id = %(account)s AND t.business_date >= %(since)s
           AND t.business_date <= %(until)s AND (t.business_date, t.id) > (%(day)s, %(after)s)
         ORDER BY t.business_date, t.id LIMIT %(limit)s)
    ) l ORDER BY l.business_date, l.id LIMIT %(limit)s
"""  # noqa: S608 (constants)


def statement(
    brand_id: UUID,
    account: Account,
    *,
    since: date | None = None,
    until: date | None = None,
    cursor: str = "",
    limit: int = 100,
) -> Statement:
    """The entries of one account from `since` to `until` (business dates), oldest first, each with its balance.

    Five statements on a first page, three on the others. Raises BadValue for a cursor that is none.
    """
    until, limit = until or date.max, max(1, min(limit, MAX_LINES))
    with in_brand(brand_id):
        closing = _balance(brand_id, account, until)
        opening = _balance(brand_id, account, since - timedelta(days=1)) if since else 0
        day, after, balance = _read(cursor) if cursor else (FIRST, UUID(int=0), opening)
        params = {
            "brand": brand_id,
            "account": rules.account_id(brand_id, account),
            "since": since or FIRST,
            "until": until,
            "day": day,
            "after": after,
            "limit": limit + 1,
        }
        found = [_posted(row) for row in rows(LINES, params)]
    lines = []
    for posted in found[:limit]:
        t = posted.transfer
        change = sign_of(account) * (t.amount_minor if t.debit == account else -t.amount_minor)
        balance += change
        lines.append(Entered(posted, t.credit if t.debit == account else t.debit, change, balance))
    more = ""
    if len(found) > limit:
        last = lines[-1]
        more = f"{last.posted.transfer.business_date.isoformat()}.{last.posted.transfer.id.hex}.{last.balance_minor}"
    return Statement(account, since, until, opening, closing, tuple(lines), more)


def _balance(brand_id: UUID, account: Account, until: date) -> int:
    found = [b for b in balances(brand_id, [account.code], until=until) if b.account == account]
    return sign_of(account) * sum(b.debits_minor - b.credits_minor for b in found)


def _read(cursor: str) -> tuple[date, UUID, int]:
    try:
        day, id, balance = cursor.split(".")
        return date.fromisoformat(day), UUID(id), int(balance)
    except ValueError:
        raise BadValue("cursor", cursor[:80], "the cursor of the page before") from None


OPEN = f"""
    {HELD} WHERE h.brand_id = %(brand)s AND (h.expires_at > %(now)s OR h.expires_at IS NULL)
       AND h.amount_minor > s.captured + s.released AND h.id > %(after)s
     ORDER BY h.id LIMIT %(limit)s
"""  # noqa: S608 (constants)


def open_holds(brand_id: UUID, *, after: UUID = START, limit: int = 100) -> list[Held]:
    """Holds of which something is left and whose time has not passed, oldest first; one statement."""
    params = {"brand": brand_id, "now": clock.now(), "after": after, "limit": max(1, min(limit, MAX_LINES))}
    with in_brand(brand_id):
        return [_held(row) for row in rows(OPEN, params)]
