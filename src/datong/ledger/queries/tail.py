"""Where the totals end and the transfers that are not rolled up begin, and how a transfer is written to be hashed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.errors import Unavailable

MARK = """
    SELECT coalesce((SELECT xid::text::bigint FROM ledger_mark WHERE brand_id = %(brand)s AND name = 'sealed'), 0)
"""
ROW = """
    jsonb_build_array(t.id, t.debit_id, t.credit_id, t.amount_minor, t.currency, t.kind, t.subject_id,
                      t.business_date - date '2000-01-01', t.dimensions,
                      (extract(epoch FROM t.posted_at) * 1000000)::bigint)::text
"""
"""A transfer in a form that no setting of the session changes: dates as days, times as microseconds."""

TRIES = 20


def mark_of(brand: UUID) -> int:
    """Transfers of transactions below this one are in the totals."""
    with in_brand(brand):
        return int(rows(MARK, {"brand": brand})[0][0])


def with_tail(brand: UUID, read: Callable[[int], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """What `read(mark)` returns, each row with the mark as its statement saw it in front, which is cut off.

    The mark goes in as a constant, so that the few transfers behind it are found by index; when it has moved between
    the two statements, they are asked again.
    """
    with in_brand(brand):
        for _ in range(TRIES):
            mark = mark_of(brand)
            found = read(mark)
            if all(row[0] == mark for row in found[:1]):
                return [row[1:] for row in found]
    raise Unavailable("the totals of the ledger are being moved", retry_after_s=1)
