"""Writes of insight: figures folded from events, in the transaction that moves the consumer's cursor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from datong.kernel.db import current_brand, execute
from datong.kernel.relay import Delivered
from datong.ledger.api import rulebook

ADD = """
    INSERT INTO insight_channelday (brand_id, channel_id, day, currency, orders, units, revenue_minor, exceptions)
    SELECT %(brand)s, * FROM unnest(%(channels)s::uuid[], %(days)s::date[], %(currencies)s::text[], %(orders)s::int[],
                                    %(units)s::bigint[], %(revenues)s::bigint[], %(exceptions)s::int[])
    ON CONFLICT (brand_id, channel_id, day, currency)
    DO UPDATE SET orders = insight_channelday.orders + excluded.orders,
                  units = insight_channelday.units + excluded.units,
                  revenue_minor = insight_channelday.revenue_minor + excluded.revenue_minor,
                  exceptions = insight_channelday.exceptions + excluded.exceptions
"""


def count_orders(events: Sequence[Delivered]) -> None:
    """Add placed orders to their channel's day; one statement. Applied once, because the cursor moves with it."""
    sums: dict[tuple[UUID, date, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    book = rulebook(current_brand())
    for event in events:
        p = event.payload
        day = book.business_date(datetime.fromisoformat(p["placed_at"]))
        row = sums[UUID(p["channel_id"]), day, p["currency"]]
        for i, amount in enumerate((1, p["units"], p["total_minor"], min(p["exceptions"], 1))):
            row[i] += amount
    keys = sorted(sums)
    execute(
        ADD,
        {
            "brand": current_brand(),
            "channels": [channel for channel, _, _ in keys],
            "days": [day for _, day, _ in keys],
            "currencies": [currency for _, _, currency in keys],
            "orders": [sums[key][0] for key in keys],
            "units": [sums[key][1] for key in keys],
            "revenues": [sums[key][2] for key in keys],
            "exceptions": [sums[key][3] for key in keys],
        },
    )
