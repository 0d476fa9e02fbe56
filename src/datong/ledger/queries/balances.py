"""Reads of the ledger. Every figure is added up from the transfers, those of long ago by way of totals by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from datong.kernel import bulk
from datong.kernel.db import in_brand, rows
from datong.ledger.queries.tail import MARK, with_tail
from datong.ledger.types import Account, Balance, Posted, Transfer, TrialRow

SUMS = f"""
    WITH wanted AS (
        SELECT id, code, currency FROM ledger_account
         WHERE brand_id = %(brand)s AND (%(codes)s::text[] IS NULL OR code = ANY(%(codes)s::text[]))
    ), parts AS (
        SELECT d.account_id, d.debits_minor AS debit, d.credits_minor AS credit
          FROM ledger_daytotal d
         WHERE d.brand_id = %(brand)s AND (%(until)s::date IS NULL OR d.business_date <= %(until)s)
           AND (%(codes)s::text[] IS NULL OR d.account_id IN (SELECT id FROM wanted))
        UNION ALL
        SELECT side.account_id, side.debit, side.credit
          FROM ledger_transfer t
         CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                    side(account_id, debit, credit)
         WHERE t.brand_id = %(brand)s AND t.xid >= %(mark)s::text::xid8
           AND (%(until)s::date IS NULL OR t.business_date <= %(until)s)
    )
    SELECT ({MARK}), a.code, a.currency, coalesce(sum(p.debit), 0)::bigint, coalesce(sum(p.credit), 0)::bigint
      FROM wanted a LEFT JOIN parts p ON p.account_id = a.id
     GROUP BY a.code, a.currency ORDER BY a.code, a.currency
"""  # noqa: S608 (constants)


def balances(brand_id: UUID, codes: Iterable[str] | None = None, *, until: date | None = None) -> list[Balance]:
    """Debits and credits of the accounts (all of them, or these codes), by code and currency; exact at this instant.

    `until` is the last business date that counts. Two statements: totals by day, and the transfers not yet among them.
    """
    params = {"brand": brand_id, "codes": None if codes is None else list(codes), "until": until}
    found = with_tail(brand_id, lambda mark: rows(SUMS, {**params, "mark": mark}))
    return [Balance(Account(code, currency), debits, credits) for code, currency, debits, credits in found]


def trial_balance(brand_id: UUID, *, until: date | None = None) -> list[TrialRow]:
    """Every account with its debits, credits and net; per currency the nets add up to zero."""
    return [TrialRow(b.account, b.debits_minor, b.credits_minor) for b in balances(brand_id, until=until)]


BY_DIMENSION = """
    SELECT coalesce(t.dimensions->>%(dimension)s, ''), a.code, a.currency,
           sum(side.debit)::bigint, sum(side.credit)::bigint
      FROM ledger_transfer t
     CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                side(account_id, debit, credit)
      JOIN ledger_account a ON a.brand_id = t.brand_id AND a.id = side.account_id
     WHERE t.brand_id = %(brand)s AND (%(codes)s::text[] IS NULL OR a.code = ANY(%(codes)s::text[]))
       AND (%(since)s::date IS NULL OR t.business_date >= %(since)s)
       AND (%(until)s::date IS NULL OR t.business_date <= %(until)s)
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def balances_by(
    brand_id: UUID,
    dimension: str,
    codes: Iterable[str] | None = None,
    *,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, list[Balance]]:
    """Balances split by one dimension of the entries (channel, store, product...); '' is what has none of it."""
    params = {"brand": brand_id, "dimension": dimension, "codes": None if codes is None else list(codes)}
    found: dict[str, list[Balance]] = {}
    with in_brand(brand_id):
        for value, code, currency, debits, credits in rows(BY_DIMENSION, {**params, "since": since, "until": until}):
            found.setdefault(value, []).append(Balance(Account(code, currency), debits, credits))
    return found


ACCOUNTS = """
    SELECT DISTINCT code FROM ledger_account
     WHERE brand_id = %(brand)s AND code > %(after)s
       AND CASE WHEN %(exactly)s THEN code = %(code)s ELSE starts_with(code, %(code)s) END
     ORDER BY code LIMIT %(limit)s
"""


def accounts(brand_id: UUID, code: str = "", *, exactly: bool = False, after: str = "", limit: int = 100) -> list[str]:
    """Codes of accounts that begin with `code` (or are it), from the code after `after` on; one statement."""
    params = {"brand": brand_id, "code": code, "exactly": exactly, "after": after, "limit": min(limit, 1000)}
    with in_brand(brand_id):
        return [found for (found,) in rows(ACCOUNTS, params)]


COLUMNS = """
    SELECT t.id, d.code, d.currency, c.code, c.currency, t.amount_minor, t.kind, t.subject_id, t.business_date,
           t.dimensions, t.posted_at
      FROM ledger_transfer t
      JOIN ledger_account d ON d.brand_id = t.brand_id AND d.id = t.debit_id
      JOIN ledger_account c ON c.brand_id = t.brand_id AND c.id = t.credit_id
"""
OF_SUBJECTS = f"{COLUMNS} WHERE t.brand_id = %(brand)s AND t.subject_id = ANY(%(ids)s::uuid[]) ORDER BY t.id"
BY_ID = f"{COLUMNS} WHERE t.brand_id = %(brand)s AND t.id = ANY(%(ids)s::uuid[]) ORDER BY t.id"
PAGE = f"""
    {COLUMNS} WHERE t.brand_id = %(brand)s AND t.id > %(after)s
       AND (%(code)s = '' OR d.code = %(code)s OR c.code = %(code)s)
     ORDER BY t.id LIMIT %(limit)s
"""


def transfers_of(brand_id: UUID, subject_ids: Sequence[UUID]) -> list[Posted]:
    """What was posted about these subjects (orders), in order of posting; one statement."""
    with in_brand(brand_id):
        return [_posted(row) for row in rows(OF_SUBJECTS, {"brand": brand_id, "ids": list(subject_ids)})]


def transfers_by_id(brand_id: UUID, ids: Sequence[UUID]) -> list[Posted]:
    """These transfers, those that exist; one statement."""
    with in_brand(brand_id):
        return [_posted(row) for row in rows(BY_ID, {"brand": brand_id, "ids": bulk.array(id.hex for id in ids)})]


START = UUID(int=0)


def list_transfers(brand_id: UUID, *, code: str = "", after: UUID = START, limit: int = 100) -> list[Posted]:
    """A page of the journal, or of one account's entries, from the transfer after `after` on."""
    params = {"brand": brand_id, "code": code, "after": after, "limit": min(limit, 1000)}
    with in_brand(brand_id):
        return [_posted(row) for row in rows(PAGE, params)]


def _posted(row: tuple[Any, ...]) -> Posted:
    transfer_id, debit, debit_in, credit, credit_in, amount, kind, subject, day, dimensions, posted_at = row
    transfer = Transfer(
        id=transfer_id,
        debit=Account(debit, debit_in),
        credit=Account(credit, credit_in),
        amount_minor=amount,
        kind=kind,
        subject_id=subject,
        business_date=day,
        dimensions=msgspec.json.decode(dimensions),
    )
    return Posted(transfer, posted_at)
