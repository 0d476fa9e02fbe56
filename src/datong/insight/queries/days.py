"""Reads of insight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from datong.access import api as access
from datong.brand import api as brands
from datong.insight import rules
from datong.insight.types import ChannelFacts, Readiness, StoreFacts
from datong.integration import api as integration
from datong.integration.types import InboxState
from datong.inventory import api as inventory
from datong.kernel.db import in_brand, rows
from datong.orders import api as orders
from datong.orders.api import BoardFilter
from datong.payments.types import PaymentMethod

SAMPLE = 100
PAID_BEFORE = (PaymentMethod.PREPAID, PaymentMethod.PLATFORM, PaymentMethod.TILL)


@dataclass(frozen=True, slots=True)
class ChannelDay:
    channel_id: UUID
    day: date
    currency: str
    orders: int
    units: int
    revenue_minor: int
    exceptions: int


DAYS = """
    SELECT channel_id, day, currency, orders, units, revenue_minor, exceptions FROM insight_channelday
     WHERE brand_id = %(brand)s AND day BETWEEN %(since)s AND %(until)s ORDER BY day, channel_id
"""


def channel_days(brand_id: UUID, since: date, until: date) -> list[ChannelDay]:
    """What each channel took on each business day of the brand, both days included."""
    with in_brand(brand_id):
        return [ChannelDay(*row) for row in rows(DAYS, {"brand": brand_id, "since": since, "until": until})]


LAG = """
    SELECT c.consumer, count(o.id), min(o.id::text) FROM kernel_cursor c
      LEFT JOIN kernel_outboxevent o ON o.brand_id = c.brand_id AND o.lane = c.lane AND (o.xid, o.id) > (c.xid, c.last)
     WHERE c.brand_id = %(brand)s GROUP BY 1 ORDER BY 1
"""


def event_lag(brand_id: UUID) -> list[tuple[str, int]]:
    """(consumer, events it has not read yet): how far the measures are behind the orders."""
    with in_brand(brand_id):
        return [(consumer, waiting) for consumer, waiting, _ in rows(LAG, {"brand": brand_id})]


def readiness(brand_id: UUID) -> Readiness:
    """What is unified and which sources stand outside, from the rows as they are now (S-17, S-148).

    It reads the brand's stock rows and inbox, so it is for a page that a person opens, not for a poll.
    """
    with in_brand(brand_id):
        channels = [c for c in brands.list_channels(brand_id) if c.open]
        stores = [s for s in brands.list_stores(brand_id) if s.open]
        lacking = {
            gap.channel_id for gap in brands.gaps(channels, access.owners(brand_id)) if gap.what != "price_policy_note"
        }
        doors = {e.channel_id for e in integration.list_endpoints(brand_id) if e.active}
        doors |= {c.channel_id for c in access.list_clients(brand_id) if c.revoked_at is None}
        figures = {f.channel_id: f for f in orders.channel_figures(brand_id)}
        missing = {k: len(v.missing) for k, v in orders.reconcile(brand_id, integration.taken_ids(brand_id)).items()}
        kept = integration.inbox_counts(brand_id)
        stock = inventory.stock_by_location(brand_id)
        short: dict[UUID, int] = {}
        for _, place, _, units in inventory.open_shortfalls(brand_id, 10_000):
            short[place] = short.get(place, 0) + units
        facts = []
        for c in channels:
            latest = orders.board(brand_id, BoardFilter(channel_id=c.id, limit=SAMPLE)).rows
            states = kept.get(c.id, {})
            facts.append(
                ChannelFacts(
                    id=c.id,
                    has_door=c.id in doors,
                    orders=figures[c.id].orders if c.id in figures else 0,
                    sampled=len(latest),
                    identified=sum(row.customer_id is not None for row in latest),
                    unpaid=sum(not row.paid for row in latest if row.payment in PAID_BEFORE),
                    described=c.id not in lacking,
                    own_prices=bool(c.price_list),
                    reason=bool(c.price_policy_note.strip()),
                    some_stores=bool(c.stores),
                    missing=missing.get(c.id, 0),
                    not_understood=states.get(InboxState.REJECTED, 0) + states.get(InboxState.FAILED, 0),
                    conflicts=states.get(InboxState.CONFLICT, 0),
                )
            )
        places = [StoreFacts(s.id, s.id in stock, s.lends_stock, short.get(s.id, 0)) for s in stores]
    return rules.readiness(facts, places)
