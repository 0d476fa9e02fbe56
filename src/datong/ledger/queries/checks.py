"""Adding everything up again: what must hold of the books, found out from the transfers alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from uuid import UUID

from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.ledger import rules
from datong.ledger.queries.tail import ROW
from datong.ledger.types import PURSE, Account, Difference, TrialRow, Verdict

CLEARING = """
    SELECT t.subject_id, a.code, a.currency, sum(side.amount)::bigint
      FROM ledger_transfer t
     CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor), (t.credit_id, -t.amount_minor)) side(account_id, amount)
      JOIN ledger_account a ON a.brand_id = t.brand_id AND a.id = side.account_id AND a.kind = 'clearing'
     WHERE t.brand_id = %(brand)s
     GROUP BY 1, 2, 3 HAVING sum(side.amount) <> 0
"""
SIDES = """
    SELECT coalesce(a.code, side.account_id::text), t.currency, a.code IS NULL, sum(t.amount_minor)::bigint
      FROM ledger_transfer t
     CROSS JOIN LATERAL (VALUES (t.debit_id), (t.credit_id)) side(account_id)
      LEFT JOIN ledger_account a ON a.brand_id = t.brand_id AND a.id = side.account_id
     WHERE t.brand_id = %(brand)s AND (a.id IS NULL OR a.currency <> t.currency)
     GROUP BY 1, 2, 3
"""


TOTALS = """
    SELECT a.code, a.currency, s.debits, s.credits FROM (
        SELECT side.account_id, sum(side.debit)::bigint AS debits, sum(side.credit)::bigint AS credits
          FROM ledger_transfer t
         CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                    side(account_id, debit, credit)
         WHERE t.brand_id = %(brand)s GROUP BY 1) s
      JOIN ledger_account a ON a.brand_id = %(brand)s AND a.id = s.account_id
"""


def _totals(brand_id: UUID) -> list[TrialRow]:
    """Every account's sums from the transfers themselves, all of them."""
    found = rows(TOTALS, {"brand": brand_id})
    return [TrialRow(Account(code, currency), debits, credits) for code, currency, debits, credits in found]


def check(brand_id: UUID) -> list[Difference]:
    """Add everything up again from the transfers and name what does not hold; an empty list is a good ledger.

    Per currency debits equal credits; a clearing account is at zero for every subject; every row names two accounts
    that exist in its currency. Three statements over all rows: for `doctor` and the end of a day, not for a request.
    """
    with in_brand(brand_id):
        nets = {
            (subject, Account(code, currency)): net
            for subject, code, currency, net in rows(CLEARING, {"brand": brand_id})
        }
        sides = [
            Difference("account_missing" if missing else "account_differs", code, currency, amount)
            for code, currency, missing, amount in rows(SIDES, {"brand": brand_id})
        ]
        return [*rules.unbalanced(_totals(brand_id)), *sides, *rules.open_clearing(nets)]


PURSES = """
    WITH posted AS (
        SELECT side.account_id, sum(side.debit)::bigint AS debits, sum(side.credit)::bigint AS credits
          FROM ledger_transfer t
         CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                    side(account_id, debit, credit)
          JOIN ledger_account a ON a.brand_id = t.brand_id AND a.id = side.account_id
         WHERE t.brand_id = %(brand)s AND starts_with(a.code, %(purse)s) GROUP BY 1
    ), held AS (
        SELECT side.account_id, sum(side.debit)::bigint AS debits, sum(side.credit)::bigint AS credits
          FROM (SELECT h.debit_id, h.credit_id,
                       h.amount_minor - coalesce((SELECT sum(x.amount_minor) FROM ledger_holdstep x
                                                   WHERE x.brand_id = h.brand_id AND x.hold_id = h.id), 0) AS rest
                  FROM ledger_hold h WHERE h.brand_id = %(brand)s) h
         CROSS JOIN LATERAL (VALUES (h.debit_id, h.rest, 0), (h.credit_id, 0, h.rest)) side(account_id, debit, credit)
         WHERE h.rest <> 0 GROUP BY 1
    )
    SELECT coalesce(a.code, b.account_id::text), coalesce(a.currency, ''),
           (b.credits_minor - b.debits_minor) - (coalesce(p.credits, 0) - coalesce(p.debits, 0)),
           (b.debits_minor, b.credits_minor) = (coalesce(p.debits, 0), coalesce(p.credits, 0)),
           b.held_debits_minor - coalesce(h.debits, 0), b.held_credits_minor - coalesce(h.credits, 0)
      FROM (SELECT * FROM ledger_balance WHERE brand_id = %(brand)s) b
      FULL JOIN (SELECT * FROM ledger_account WHERE brand_id = %(brand)s AND starts_with(code, %(purse)s)) a
        ON a.id = b.account_id
      LEFT JOIN posted p ON p.account_id = coalesce(b.account_id, a.id)
      LEFT JOIN held h ON h.account_id = coalesce(b.account_id, a.id)
     WHERE (b.debits_minor, b.credits_minor, b.held_debits_minor, b.held_credits_minor)
           IS DISTINCT FROM
           (coalesce(p.debits, 0), coalesce(p.credits, 0), coalesce(h.debits, 0), coalesce(h.credits, 0))
     ORDER BY 1, 2 LIMIT %(limit)s
"""
HOLDS = """
    SELECT h.id, a.code, h.currency, h.amount_minor - s.done, s.odd FROM ledger_hold h
      LEFT JOIN ledger_account a ON a.brand_id = h.brand_id AND a.id = h.debit_id
     CROSS JOIN LATERAL (
           SELECT coalesce(sum(x.amount_minor), 0)::bigint AS done,
                  count(*) FILTER (WHERE x.what = 'capture'
                     AND (t.debit_id, t.credit_id, t.amount_minor)
                         IS DISTINCT FROM (h.debit_id, h.credit_id, x.amount_minor)) AS odd
             FROM ledger_holdstep x
             LEFT JOIN ledger_transfer t ON t.brand_id = x.brand_id AND t.id = x.id
            WHERE x.brand_id = h.brand_id AND x.hold_id = h.id) s
     WHERE h.brand_id = %(brand)s
       AND (s.done > h.amount_minor OR s.odd > 0
            OR (h.expires_at < %(now)s::timestamptz - interval '1 day' AND s.done < h.amount_minor))
     ORDER BY h.id LIMIT %(limit)s
"""
DAYS = """
    WITH raw AS (
        SELECT side.account_id, t.business_date, sum(side.debit)::bigint AS debits, sum(side.credit)::bigint AS credits
          FROM ledger_transfer t
         CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                    side(account_id, debit, credit)
         WHERE t.brand_id = %(brand)s AND t.xid < coalesce((SELECT m.xid FROM ledger_mark m
                                               WHERE m.brand_id = %(brand)s AND m.name = 'sealed'), '0'::xid8)
         GROUP BY 1, 2
    )
    SELECT coalesce(a.code, account_id::text), coalesce(a.currency, ''),
           coalesce(d.debits_minor - d.credits_minor, 0) - coalesce(r.debits - r.credits, 0)
      FROM raw r
      FULL JOIN (SELECT * FROM ledger_daytotal WHERE brand_id = %(brand)s) d USING (account_id, business_date)
      LEFT JOIN ledger_account a ON a.brand_id = %(brand)s AND a.id = account_id
     WHERE (r.debits, r.credits) IS DISTINCT FROM (d.debits_minor, d.credits_minor)
     ORDER BY 1, 2 LIMIT %(limit)s
"""
SEALS = f"""
    SELECT s.number, s.count, s.previous, s.hash, r.found, r.hash
      FROM ledger_seal s
     CROSS JOIN LATERAL (
           SELECT count(*) AS found,
                  sha256(s.previous || convert_to(string_agg({ROW}, E'\\n' ORDER BY t.id), 'UTF8')) AS hash
             FROM unnest(s.transfers) i(id)
             JOIN ledger_transfer t ON t.brand_id = s.brand_id AND t.id = i.id) r
     WHERE s.brand_id = %(brand)s ORDER BY s.number
"""  # noqa: S608 (constants)
EXCHANGES = """
    SELECT coalesce(t.dimensions->>'exchange', ''), a.code, t.currency, coalesce(t.dimensions->>'rate', '0'),
           t.amount_minor
      FROM ledger_account a
      JOIN ledger_transfer t ON t.brand_id = a.brand_id AND a.id IN (t.debit_id, t.credit_id)
     WHERE a.brand_id = %(brand)s AND starts_with(a.code, %(exchange)s) AND t.kind <> 'reversal'
"""
COUNTS = """
    SELECT count(*), count(*) FILTER (WHERE t.xid < coalesce(m.xid, '0'::xid8))
      FROM ledger_transfer t
      LEFT JOIN ledger_mark m ON m.brand_id = t.brand_id AND m.name = 'sealed'
     WHERE t.brand_id = %(brand)s
"""
MAX_FOUND = 200
"""Differences of one kind that are named; a ledger with more has one fault, not two hundred."""

Check = Callable[[UUID], Iterable[Difference]]
_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """A module above adds what must hold of its accounts (`wallet`: stored value is the sum of the cards)."""
    _checks[name] = check


def verify(brand_id: UUID) -> Verdict:
    """Recompute everything and say what does not hold: `check`, purses and holds, totals, the hash chain, and what
    modules above have registered. Ten statements over all rows: for `doctor`, the night, `datong ledger verify`.
    """
    with in_brand(brand_id):
        found = [*check(brand_id), *_purses(brand_id), *_holds(brand_id), *_days(brand_id)]
        seals = rows(SEALS, {"brand": brand_id})
        [(transfers, below)] = rows(COUNTS, {"brand": brand_id})
        found += rules.broken_seals(seals, below)
        found += rules.odd_exchanges(rows(EXCHANGES, {"brand": brand_id, "exchange": rules.EXCHANGE}))
        for registered in _checks.values():
            found += registered(brand_id)
        head = bytes(seals[-1][3]).hex() if seals else ""
        return Verdict(transfers, len(seals), head, tuple(found))


def _purses(brand_id: UUID) -> Iterator[Difference]:
    params = {"brand": brand_id, "purse": PURSE, "limit": MAX_FOUND}
    for code, currency, net, same, held, announced in rows(PURSES, params):
        if not same:
            yield Difference("balance_differs", code, currency, net or 0)
        if held or announced:
            yield Difference("held_differs", code, currency, held or announced)


def _holds(brand_id: UUID) -> Iterator[Difference]:
    params = {"brand": brand_id, "now": clock.now(), "limit": MAX_FOUND}
    for hold_id, code, currency, left, odd in rows(HOLDS, params):
        what = "capture_differs" if odd else "hold_exceeded" if left < 0 else "hold_overdue"
        yield Difference(what, code or "", currency, left, hold_id)


def _days(brand_id: UUID) -> Iterator[Difference]:
    for code, currency, net in rows(DAYS, {"brand": brand_id, "limit": MAX_FOUND}):
        yield Difference("totals_differ", code, currency, net)
