"""Sealing and rolling up what is settled: never in the way of who posts, and exact at any instant.

What a transaction older than every open one has written cannot be joined by anything: such transfers are taken, rolled
up into totals by account and day, and chained by hash, in one transaction that moves the mark. A balance is the totals
plus the transfers from the mark on.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from datong.kernel import clock, locks
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.ids import uuid7
from datong.ledger.queries.tail import ROW, mark_of

BATCH = 10_000
"""Transfers a seal aims at; those of one transaction are never split."""

SETTLED = """
    SELECT xid::text::bigint, count(*) FROM ledger_transfer
     WHERE brand_id = %(brand)s AND xid >= %(since)s::text::xid8 AND xid < pg_snapshot_xmin(pg_current_snapshot())
     GROUP BY xid ORDER BY xid LIMIT %(limit)s
"""
LAST = "SELECT number, hash FROM ledger_seal WHERE brand_id = %(brand)s ORDER BY number DESC LIMIT 1"
TOTALS = """
    INSERT INTO ledger_daytotal (brand_id, account_id, business_date, debits_minor, credits_minor)
    SELECT %(brand)s, side.account_id, t.business_date, sum(side.debit)::bigint, sum(side.credit)::bigint
      FROM taken t
     CROSS JOIN LATERAL (VALUES (t.debit_id, t.amount_minor, 0), (t.credit_id, 0, t.amount_minor))
                side(account_id, debit, credit)
     GROUP BY 2, 3 ORDER BY 2, 3
    ON CONFLICT (brand_id, account_id, business_date)
    DO UPDATE SET debits_minor = ledger_daytotal.debits_minor + excluded.debits_minor,
                  credits_minor = ledger_daytotal.credits_minor + excluded.credits_minor
"""
SEAL = f"""
    WITH taken AS MATERIALIZED (
        SELECT * FROM ledger_transfer
         WHERE brand_id = %(brand)s AND xid >= %(since)s::text::xid8 AND xid < %(until)s::text::xid8
    ), rolled AS ({TOTALS}), marked AS (
        INSERT INTO ledger_mark (brand_id, name, at, xid) VALUES (%(brand)s, 'sealed', %(now)s, %(until)s::text::xid8)
        ON CONFLICT (brand_id, name) DO UPDATE SET at = excluded.at, xid = excluded.xid
    )
    INSERT INTO ledger_seal (brand_id, id, number, at, transfers, count, previous, hash)
    SELECT %(brand)s, %(id)s, %(number)s, %(now)s, array_agg(t.id ORDER BY t.id), count(*), %(previous)s::bytea,
           sha256(%(previous)s::bytea || convert_to(string_agg({ROW}, E'\\n' ORDER BY t.id), 'UTF8'))
      FROM taken t
"""  # noqa: S608 (constants)


def seal(*, brand: UUID, limit: int = BATCH) -> int:
    """Seal and roll up the transfers that are settled, some `limit` of them: how many. Five statements.

    One at a time in a brand; nobody who posts waits for it.
    """
    with in_brand(brand):
        locks.take(f"ledger.seal:{brand}")
        since = mark_of(brand)
        settled = rows(SETTLED, {"brand": brand, "since": since, "limit": limit})
        until, taken = since, 0
        for xid, count in settled:
            if taken and taken + count > limit:
                break
            until, taken = xid + 1, taken + count
        if taken:
            number, previous = (rows(LAST, {"brand": brand}) or [(0, bytes(32))])[0]
            params: dict[str, Any] = {"brand": brand, "id": uuid7(), "number": number + 1, "now": clock.now()}
            execute(SEAL, {**params, "since": since, "until": until, "previous": bytes(previous)})
    return taken


DROP_TOTALS = "DELETE FROM ledger_daytotal WHERE brand_id = %(brand)s"
REBUILD = f"""
    WITH taken AS (
        SELECT * FROM ledger_transfer WHERE brand_id = %(brand)s AND xid < %(since)s::text::xid8
    )
    {TOTALS}
"""  # noqa: S608 (constants)


def rebuild_totals(*, brand: UUID) -> int:
    """Roll up again, from the transfers, everything that is sealed: how many totals there are. Reads all rows."""
    with in_brand(brand):
        locks.take(f"ledger.seal:{brand}")
        execute(DROP_TOTALS, {"brand": brand})
        return execute(REBUILD, {"brand": brand, "since": mark_of(brand)})
