"""What the day came to, recomputed from the raw rows of the database and not from anybody's counters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from datong.integration import api as integration
from datong.inventory import api as inventory
from datong.kernel.db import in_brand, rows
from datong.ledger import api as ledger
from datong.orders import api as orders
from datong.site.demo.baseline import Baseline
from datong.site.demo.load import Loaded
from datong.site.demo.replay import Played
from datong.site.demo.types import World


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """One row of the table. `received` = accepted + duplicates + refused + conflicts + waiting in the inbox + others.

    `reasons` counts the refused by the code of their first problem; `median_distance_m` is over deliveries.
    """

    code: str
    name: str
    received: int
    accepted: int
    duplicates: int
    refused: int
    reasons: Mapping[str, int]
    conflicts: int
    stores: int
    median_distance_m: int | None
    revenue_minor: int
    backorders: int
    findings: int


@dataclass(frozen=True, slots=True)
class DaySummary:
    """The whole day. `lost` counts what was acknowledged and is neither in the inbox nor, if taken, in the order book,
    and what the hub has not dealt with; `doubled` orders that stand twice under one number; `price_findings` orders
    whose channel charged another price than ours, found and listed, and `mispriced` those that are not; `turned_away`
    forged messages."""

    brand: str
    currency: str
    received: int
    accepted: int
    duplicates: int
    refused: int
    conflicts: int
    turned_away: int
    lost: int
    doubled: int
    stock_negative: int
    oversold: int
    ledger_difference_minor: int
    price_findings: int
    mispriced: int
    backorders: int
    stores_used: int
    median_distance_m: int | None
    seconds: float
    channels: tuple[ChannelSummary, ...]
    without_hub: Baseline

    def as_json(self) -> dict[str, Any]:
        """One flat object; the figures of the world without the hub are named `..._without_hub`."""
        found = asdict(self)
        without = found.pop("without_hub")
        return found | {f"{key}_without_hub": without[key] for key in ("oversold", "lost", "doubled", "mispriced")}


INBOX = """
    SELECT channel_id, count(*) FILTER (WHERE corrected_from IS NULL),
           count(*) FILTER (WHERE state = 'placed'), count(*) FILTER (WHERE state = 'repeat'),
           count(*) FILTER (WHERE state = 'rejected'), count(*) FILTER (WHERE state = 'conflict'),
           count(*) FILTER (WHERE state IN ('pending', 'failed'))
      FROM integration_inbox WHERE brand_id = %(brand)s GROUP BY 1
"""
REASONS = """
    SELECT channel_id, coalesce(problems #>> '{0,code}', outcome ->> 'refused', 'unknown'), count(*)
      FROM integration_inbox WHERE brand_id = %(brand)s AND state = 'rejected' GROUP BY 1, 2 ORDER BY 3 DESC, 2
"""
BOOK = """
    SELECT o.channel_id, count(*), count(*) - count(DISTINCT o.external_id), coalesce(sum(o.total_minor), 0)::bigint,
           percentile_disc(0.5) WITHIN GROUP (ORDER BY o.distance_m)
             FILTER (WHERE o.fulfilment = 'delivery' AND o.distance_m IS NOT NULL),
           count(*) FILTER (WHERE o.state = 'backorder'),
           (SELECT count(DISTINCT a.store_id) FROM orders_allocation a JOIN orders_order p
                ON p.brand_id = a.brand_id AND p.id = a.order_id
             WHERE a.brand_id = %(brand)s AND p.channel_id = o.channel_id),
           (SELECT count(DISTINCT f.order_id) FROM orders_finding f JOIN orders_order p
                ON p.brand_id = f.brand_id AND p.id = f.order_id
             WHERE f.brand_id = %(brand)s AND p.channel_id = o.channel_id)
      FROM orders_order o WHERE o.brand_id = %(brand)s GROUP BY o.channel_id
"""
WHOLE = """
    SELECT (SELECT count(DISTINCT store_id) FROM orders_allocation WHERE brand_id = %(brand)s),
           (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY distance_m) FROM orders_order
             WHERE brand_id = %(brand)s AND fulfilment = 'delivery' AND distance_m IS NOT NULL),
           (SELECT count(DISTINCT order_id) FROM orders_finding
             WHERE brand_id = %(brand)s AND kind = 'price_differs'),
           (SELECT count(DISTINCT l.order_id) FROM orders_line l
             WHERE l.brand_id = %(brand)s AND l.unit_minor <> l.quoted_unit_minor
               AND NOT EXISTS (SELECT 1 FROM orders_finding f WHERE f.brand_id = l.brand_id
                                  AND f.order_id = l.order_id AND f.kind = 'price_differs'))
"""


def summarise(world: World, loaded: Loaded, played: Played, without: Baseline, seconds: float) -> DaySummary:
    """Count everything again."""
    brand = loaded.brand
    with in_brand(brand.id):
        inbox = {channel: counts for channel, *counts in rows(INBOX, {"brand": brand.id})}
        book = {channel: figures for channel, *figures in rows(BOOK, {"brand": brand.id})}
        reasons: dict[UUID, dict[str, int]] = {}
        for channel, code, count in rows(REASONS, {"brand": brand.id}):
            reasons.setdefault(channel, {})[code] = count
        ((stores, distance, price_findings, mispriced),) = rows(WHOLE, {"brand": brand.id})
    audit = inventory.audit(brand.id)
    found = [
        _channel(channel.code, channel.name, inbox.get(key, [0] * 6), book.get(key, [0] * 7), reasons.get(key, {}))
        for channel in world.channels
        for key in [loaded.channels[channel.code]]
    ]
    return DaySummary(
        brand=brand.name,
        currency=brand.currency,
        received=sum(row.received for row in found),
        accepted=sum(row.accepted for row in found),
        duplicates=sum(row.duplicates for row in found),
        refused=sum(row.refused for row in found),
        conflicts=sum(row.conflicts for row in found),
        turned_away=sum(n for (_, status), n in played.answered.statuses.items() if status in (401, 403)),
        lost=_lost(loaded, played, {channel: counts[0] for channel, counts in inbox.items()})
        + sum(counts[5] for counts in inbox.values()),
        doubled=sum(figures[1] for figures in book.values()),
        stock_negative=audit.negative,
        oversold=audit.oversold,
        ledger_difference_minor=sum(abs(difference.difference_minor) for difference in ledger.check(brand.id)),
        price_findings=price_findings,
        mispriced=mispriced,
        backorders=sum(row.backorders for row in found),
        stores_used=stores,
        median_distance_m=distance,
        seconds=round(seconds, 1),
        channels=tuple(found),
        without_hub=without,
    )


def _channel(code: str, name: str, inbox: list[int], book: list[Any], reasons: Mapping[str, int]) -> ChannelSummary:
    received, _, duplicates, refused, conflicts, _ = inbox
    orders_taken, _, revenue, distance, backorders, stores, findings = book
    return ChannelSummary(
        code=code,
        name=name,
        received=received,
        accepted=orders_taken,
        duplicates=duplicates,
        refused=refused,
        reasons=reasons,
        conflicts=conflicts,
        stores=stores,
        median_distance_m=distance,
        revenue_minor=revenue,
        backorders=backorders,
        findings=findings,
    )


def _lost(loaded: Loaded, played: Played, kept: Mapping[UUID, int]) -> int:
    """Acknowledged but not kept, per channel; and answered with an order that is not in the book."""
    acknowledged = {loaded.channels[code]: count for code, count in played.answered.acknowledged.items()}
    not_kept = sum(max(0, count - kept.get(channel, 0)) for channel, count in acknowledged.items())
    book = orders.reconcile(loaded.brand.id, integration.taken_ids(loaded.brand.id))
    return not_kept + sum(len(channel.missing) for channel in book.values())
