"""What the book holds of one channel, to be laid beside the channel's own list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from datong.kernel.db import in_brand, rows
from datong.kernel.ids import uuid7_floor
from datong.orders.types import Booked, OrderState

MOST = 200_000
EARLY = timedelta(days=2)  # an id is minted when we take the order: never long before it was placed


COLUMNS = """o.id, o.number, o.external_id, o.placed_at, o.total_minor, o.currency, o.state, o.paid"""
BY_ID = f"""
    SELECT {COLUMNS} FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.external_id = ANY (%(ids)s::text[]) AND o.channel_id = %(channel)s
"""  # noqa: S608 a constant of ours
BY_TIME = f"""
    SELECT {COLUMNS} FROM orders_order o
     WHERE o.brand_id = %(brand)s AND o.channel_id = %(channel)s AND o.id >= %(floor)s::uuid
       AND o.placed_at >= %(since)s AND o.placed_at < %(until)s
     ORDER BY o.id LIMIT %(most)s
"""  # noqa: S608 a constant of ours


def booked_by_id(brand_id: UUID, channel_id: UUID, external_ids: Sequence[str]) -> dict[str, Booked]:
    """The orders of a channel with these external ids."""
    if not external_ids:
        return {}
    with in_brand(brand_id):
        found = rows(BY_ID, {"brand": brand_id, "channel": channel_id, "ids": list(external_ids)})
    return {row[2]: _booked(row) for row in found}


def booked_between(brand_id: UUID, channel_id: UUID, since: datetime, until: datetime) -> list[Booked]:
    """The orders of a channel that were placed in [since, until), oldest first; at most MOST."""
    params = {"brand": brand_id, "channel": channel_id, "since": since, "until": until, "most": MOST}
    with in_brand(brand_id):
        return [_booked(row) for row in rows(BY_TIME, {**params, "floor": uuid7_floor(since - EARLY)})]


def _booked(row: Sequence[Any]) -> Booked:
    order_id, number, external_id, placed_at, total, currency, state, paid = row
    return Booked(order_id, number, external_id, placed_at, total, currency, OrderState(state), paid)
