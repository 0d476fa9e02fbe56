"""Margin by channel, store or product."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from datong.books.types import Margin
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadValue

BY = ("channel", "store", "product")
MOST = 1_000

MARGINS = """
    SELECT CASE %(by)s WHEN 'channel' THEN channel_id::text WHEN 'store' THEN coalesce(store_id::text, '') ELSE sku END,
           currency, sum(units)::bigint, sum(revenue_minor)::bigint,
           coalesce(sum(revenue_minor) FILTER (WHERE cost_minor IS NOT NULL), 0)::bigint,
           coalesce(sum(cost_minor), 0)::bigint
      FROM books_saleline
     WHERE brand_id = %(brand)s AND day BETWEEN %(since)s AND %(until)s
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
     GROUP BY 1, 2 ORDER BY 4 DESC, 1 LIMIT %(limit)s
"""


def margins(
    brand_id: UUID, since: date, until: date, *, by: str, stores: Collection[UUID] | None = None
) -> list[Margin]:
    """What was sold from `since` to `until` under each value, the most first; at most 1,000; one statement."""
    if by not in BY:
        raise BadValue("by", by, "one of " + ", ".join(BY))
    key = {"brand": brand_id, "since": since, "until": until, "by": by, "limit": MOST}
    with in_brand(brand_id):
        return [Margin(*row) for row in rows(MARGINS, {**key, "stores": None if stores is None else sorted(stores)})]
