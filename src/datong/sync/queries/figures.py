"""What a channel is to show now: units and prices, read at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from datong.brand.api import get_brand, list_channels, open_stores
from datong.catalog.api import items_by_id, parts_of, products_of_skus, quote
from datong.catalog.types import Ask, AskLine, Item, ItemKind, ProductState
from datong.inventory.api import counted, sellable, sold_out, stock_of
from datong.kernel import clock
from datong.orders.api import Waiting, waiting_units
from datong.sync.queries.links import list_links
from datong.sync.rules import NOWHERE, Target, targets
from datong.sync.types import Link

UNCOUNTED_UNITS = 999
"""What is told of a service, which nobody counts, while it is on sale."""

MOST_STOCK = 200_000
"""Stock rows read of the items that somebody waits for."""


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

    What orders in the backorder queue wait for is promised to them and not told.

    A bundle (套餐) can be sold as often as one store has all of its parts. A service is plenty while it is on sale
    somewhere. What is not on sale is 0. No entry: a place the channel does not show, and goods that no place of the
    brand has ever counted. Statements: constant.
    """
    if not items:
        return {}
    aims = next((a for one, a in stock_targets(brand_id) if one.channel_id == link.channel_id), [])
    keep = next((c.buffer_units for c in list_channels(brand_id) if c.id == link.channel_id), 0)
    known = list(items_by_id(brand_id, items).values())
    made, plenty = _made_of(brand_id, known)
    figures = _figures(brand_id, aims, made, keep)
    if plenty:
        most = int(link.settings.get("uncounted_units", UNCOUNTED_UNITS))
        figures |= _uncounted(brand_id, aims, sorted(plenty), most)
    off = _not_on_sale(brand_id, known)
    told = _counted(brand_id, made) | plenty | off
    return {
        (item, target.place): (target.ref, 0 if item in off else figures.get((item, target.place), 0))
        for item in items
        for target in aims
        if item in told
    }


Sets = dict[UUID, tuple[tuple[UUID, int], ...]]
"""What leaves a shelf for one unit of an item: the item itself, or the parts of a bundle."""


def _made_of(brand_id: UUID, items: Sequence[Item]) -> tuple[Sets, set[UUID]]:
    """The items that take something off a shelf, with what it is; those that take nothing."""
    bundles = parts_of(brand_id, [item.id for item in items])
    made: Sets = {}
    for item in items:
        alone = () if item.kind is ItemKind.SERVICE else ((item.id, 1),)
        if parts := tuple(bundles.get(item.id, alone)):
            made[item.id] = parts
    return made, {item.id for item in items} - made.keys()


def _figures(brand_id: UUID, aims: Sequence[Target], made: Sets, keep: int) -> dict[tuple[UUID, UUID], int]:
    """Units by (item, place) of what is counted; nothing to sell has no entry."""
    stores = sorted({store for target in aims for store in target.stores})
    apart = not (len(aims) == 1 and aims[0].place == NOWHERE)
    waiting = waiting_units(brand_id, {part for parts in made.values() for part, _ in parts}) if made else {}
    promised = {(place, item): units for item, one in waiting.items() for place, units in one.at.items()}
    found = sellable(brand_id, made, stores, keep=keep, apart=apart, promised=promised) if made else {}
    most = _beyond_the_queue(brand_id, made, waiting)
    return {(item, place or NOWHERE): min(units, most.get(item, units)) for (item, place), units in found.items()}


def _beyond_the_queue(brand_id: UUID, made: Sets, waiting: Mapping[UUID, Waiting]) -> dict[UUID, int]:
    """How many of an item there are for newcomers at most, over all stores, where orders wait for a part of it."""
    if not waiting:
        return {}
    left = {item: -one.anywhere for item, one in waiting.items()}
    for row in stock_of(brand_id, items=sorted(waiting), limit=MOST_STOCK):
        if not row.sold_out:
            left[row.item_id] += max(row.free - waiting[row.item_id].at.get(row.location_id, 0), 0)
    spare = {item: max(units, 0) for item, units in left.items()}
    return {
        item: min(spare[part] // units for part, units in parts if part in spare)
        for item, parts in made.items()
        if any(part in spare for part, _ in parts)
    }


def _uncounted(
    brand_id: UUID, aims: Sequence[Target], items: Sequence[UUID], plenty: int
) -> dict[tuple[UUID, UUID], int]:
    """As much as anybody wants, where it is not sold out at every store."""
    off = {(one.item_id, one.location_id) for one in sold_out(brand_id, items=items, limit=10_000)}
    return {
        (item, target.place): plenty
        for item in items
        for target in aims
        if not all((item, store) in off for store in target.stores)
    }


def _counted(brand_id: UUID, made: Sets) -> set[UUID]:
    """Those of which every part is counted somewhere."""
    known = counted(brand_id, {part for parts in made.values() for part, _ in parts})
    return {item for item, parts in made.items() if all(part in known for part, _ in parts)}


def _not_on_sale(brand_id: UUID, items: Sequence[Item]) -> set[UUID]:
    """Items that are not active, or whose product is not on sale."""
    owned = [item.sku for item in items if item.product_id]
    products = products_of_skus(brand_id, owned) if owned else {}
    return {
        item.id
        for item in items
        if not item.active or (item.sku in products and products[item.sku].state is not ProductState.ON_SALE)
    }


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
