"""What a channel is to show now: units and prices, read at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from datong.brand.api import get_brand, list_channels, open_stores
from datong.catalog.api import quote
from datong.catalog.types import Ask, AskLine
from datong.inventory.api import sellable, sold_out, stock_of
from datong.kernel import clock
from datong.sync.queries.links import list_links
from datong.sync.rules import NOWHERE, Target, targets
from datong.sync.types import Link

UNCOUNTED_UNITS = 999
"""What is told of an item nobody counts (made to order) while it is on sale."""


def stock_targets(brand_id: UUID) -> list[tuple[Link, list[Target]]]:
    """Every link with the figures its channel shows. A store that lends no stock counts where a channel names it."""
    links = list_links(brand_id)
    if not links:
        return []
    channels = {channel.id: channel for channel in list_channels(brand_id)}
    stores = open_stores(brand_id)
    found = []
    for link in links:
        channel = channels.get(link.channel_id)
        named = set(channel.stores) if channel else set()
        serving = [store for store, lends in stores if (store in named if named else lends)]
        found.append((link, targets(link.mode, link.places, serving)))
    return found


def units_of(brand_id: UUID, link: Link, items: Sequence[UUID]) -> dict[tuple[UUID, UUID], tuple[str, int]]:
    """(item, place) -> (their place, units): what may be sold, less the channel's buffer at every store; never < 0.

    What nobody counts is plenty while it is on sale. A place the channel does not show has no entry.
    """
    if not items:
        return {}
    aims = next((a for one, a in stock_targets(brand_id) if one.channel_id == link.channel_id), [])
    keep = next((c.buffer_units for c in list_channels(brand_id) if c.id == link.channel_id), 0)
    figures = _figures(brand_id, aims, items, keep)
    plenty = int(link.settings.get("uncounted_units", UNCOUNTED_UNITS))
    return {
        (item, target.place): (target.ref, max(0, figures.get((item, target.place), plenty)))
        for item in items
        for target in aims
    }


def _figures(brand_id: UUID, aims: Sequence[Target], items: Sequence[UUID], keep: int) -> dict[tuple[UUID, UUID], int]:
    """Units by (item, place) of items that are counted; sold out is 0, counted or not."""
    found: dict[tuple[UUID, UUID], int] = {}
    stores = sorted({store for target in aims for store in target.stores})
    if len(aims) == 1 and aims[0].place == NOWHERE:
        found = {(item, NOWHERE): units for item, units in sellable(brand_id, items, stores, keep=keep).items()}
    else:
        for row in stock_of(brand_id, items=items, locations=stores, limit=len(items) * max(1, len(stores))):
            found[row.item_id, row.location_id] = max(0, row.free - keep)
    missing = {item for item in items for target in aims if (item, target.place) not in found}
    if missing:
        off = {(one.item_id, one.location_id) for one in sold_out(brand_id, items=sorted(missing), limit=10_000)}
        for item in missing:
            for target in aims:
                if not target.stores or all((item, store) in off for store in target.stores):
                    found.setdefault((item, target.place), 0)
    return found


def prices_of(brand_id: UUID, link: Link, skus: Mapping[UUID, str]) -> dict[UUID, tuple[int, str]]:
    """item -> (minor units, currency) of one unit at this channel, before promotions, as it is quoted now; `skus` by
    item. An item without a price in the channel's currency has no entry."""
    if not skus:
        return {}
    currency = currency_of(brand_id, link)
    now = clock.now()
    asks = [Ask(link.channel_id, currency, now, (AskLine(1, sku, 1),)) for sku in skus.values()]
    return {
        item: (priced.lines[0].unit_minor, currency)
        for item, priced in zip(skus, quote(asks, brand=brand_id), strict=True)
        if priced.lines and not priced.problems
    }


def currency_of(brand_id: UUID, link: Link) -> str:
    return str(link.settings.get("currency") or get_brand(brand_id).currency)
