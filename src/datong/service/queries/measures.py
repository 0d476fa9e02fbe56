"""What customers got, by reason and channel: how soon, with what outcome, with what compensation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7_floor
from datong.service.rules import with_differences
from datong.service.types import Measure

MEASURES = """
    SELECT reason, channel_id, count(*)::int, count(answered_at)::int,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM answered_at - opened_at))
             FILTER (WHERE answered_at IS NOT NULL) / 60)::int,
           (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - opened_at))
             FILTER (WHERE closed_at IS NOT NULL) / 60)::int,
           count(*) FILTER (WHERE state = 'done')::int,
           count(*) FILTER (WHERE state = 'done' AND outcome IN ('solved', 'compensated'))::int,
           count(*) FILTER (WHERE state = 'done' AND given_minor > 0)::int,
           coalesce(sum(given_minor) FILTER (WHERE state = 'done'), 0)::bigint, max(currency)
      FROM service_case
     WHERE brand_id = %(brand)s AND id >= %(since)s AND id < %(until)s
       AND (%(stores)s::uuid[] IS NULL OR store_id = ANY(%(stores)s::uuid[]))
     GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2 LIMIT 1000
"""


def measures(
    brand_id: UUID, since: datetime, until: datetime, *, stores: frozenset[UUID] | None = None
) -> list[Measure]:
    """Cases opened from `since` to before `until`, by reason and channel, with what differs flagged; one statement."""
    key = {
        "brand": brand_id,
        "since": uuid7_floor(since),
        "until": uuid7_floor(until),
        "stores": None if stores is None else sorted(stores),
    }
    with in_brand(brand_id):
        return with_differences([Measure(*row) for row in rows(MEASURES, key)])
