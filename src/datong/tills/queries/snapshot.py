"""All a till sells: each item with the price of one unit, its barcodes, choices, tax and what is on the shelf.

Priced by the one `quote`, an ask an item, so that a till shows the price every door shows. Measured: 10,000 items take
1.1 s of a core, what changed since 20 ms more; kept for a minute a process, for all tills of a store. A basket is
quoted anew, so that a price that changed meanwhile is the right one in the basket at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from datong.brand.api import get_brand
from datong.catalog.api import choices_out, list_items, list_rules, price_pulse, products_of_skus, quote
from datong.catalog.types import Ask, AskLine, Item, Modifier, Product, Promotion, QuoteLine, TaxRounding
from datong.inventory.api import stock_of
from datong.kernel import clock
from datong.tills import rules
from datong.tills.types import Choice, Device, Group, Sellable, Shelf

MAX_ITEMS = 20_000
FRESH_S = 60.0
FATAL = frozenset({"unknown_sku", "inactive_item", "no_price", "not_on_sale", "not_in_assortment"})

_kept: dict[tuple[UUID, UUID, UUID], tuple[float, tuple[object, ...], Shelf]] = {}
_lock = threading.Lock()


def sellable(brand_id: UUID, device: Device, *, fresh_s: float = FRESH_S) -> Shelf:
    """What the till's store sells through its channel now, in the order of SKUs; another price is told at once."""
    key = (brand_id, device.channel_id, device.store_id)
    pulse = price_pulse(brand_id, clock.now())
    with _lock:
        at, then, found = _kept.get(key, (0.0, (), Shelf(())))
    if found.items and time.monotonic() - at < fresh_s and then == pulse:
        return found
    found = _read(brand_id, device)
    with _lock:
        if len(_kept) > 256:
            _kept.clear()
        _kept[key] = (time.monotonic(), pulse, found)
    return found


def _read(brand_id: UUID, device: Device) -> Shelf:
    items = _items(brand_id)
    priced, market = _priced(brand_id, device, items)
    products = products_of_skus(brand_id, [item.sku for item in items])
    promotions = {promotion.code: promotion for promotion in list_rules(brand_id).promotions}
    free = {row.item_id: row.free for row in stock_of(brand_id, locations=[device.store_id], limit=MAX_ITEMS)}
    out = {out.code for out in choices_out(brand_id, clock.now(), stores=[device.store_id])}
    told = (
        _sellable(item, priced[item.sku], products.get(item.sku), promotions, free, out)
        for item in items
        if item.sku in priced
    )
    return replace(market, items=tuple(told))


def _items(brand_id: UUID) -> list[Item]:
    found: list[Item] = []
    while len(found) < MAX_ITEMS:
        page = list_items(brand_id, after=found[-1].sku if found else "", limit=1000)
        found += page
        if len(page) < 1000:
            break
    return [item for item in found if item.active]


def _priced(brand_id: UUID, device: Device, items: Sequence[Item]) -> tuple[dict[str, QuoteLine], Shelf]:
    """One unit of each, alone in its basket; what cannot be sold here is left out. The shelf is empty."""
    now, currency = clock.now(), get_brand(brand_id).currency
    asks = [
        Ask(device.channel_id, currency, now, (AskLine(1, item.sku, 1),), store_id=device.store_id) for item in items
    ]
    found: dict[str, QuoteLine] = {}
    market = Shelf(())
    for at in range(0, len(asks), 1000):
        for quoted in quote(asks[at : at + 1000], brand=brand_id):
            (line,) = quoted.lines
            if not any(problem.code in FATAL for problem in quoted.problems) and device.store_id not in line.not_at:
                found[line.sku] = line
                market = Shelf((), quoted.tax_inclusive, quoted.tax_rounding is TaxRounding.LINE)
    return found, market


def _sellable(
    item: Item,
    line: QuoteLine,
    product: Product | None,
    promotions: Mapping[str, Promotion],
    free: Mapping[UUID, int],
    out: set[str],
) -> Sellable:
    codes = {item.gtin: 1} if item.gtin else {}
    for variant in product.variants if product else ():
        if variant.sku == item.sku:
            codes.update({pack.gtin: pack.factor for pack in variant.packs if pack.gtin})
    rates = "+".join(f"{rate.jurisdiction}:{rate.rate_ppm}" for rate in line.taxed.rates)
    return Sellable(
        sku=item.sku,
        title=item.title,
        titles=item.titles,
        codes=codes,
        category=item.category,
        unit_minor=line.unit_minor,
        tax_ppm=line.taxed.ppm,
        tax=f"{line.taxed.tax_class} {rates}",
        free=free.get(item.id, 0) if any(part.item_id == item.id for part in line.parts) else None,
        off=rules.plain_off(line.promotions, promotions),
        groups=tuple(_group(group, out) for group in product.modifiers) if product else (),
    )


def _group(group: Modifier, out: set[str]) -> Group:
    choices = tuple(
        Choice(choice.code, choice.title, choice.titles, choice.delta_minor, choice.most)
        for choice in group.choices
        if choice.code not in out
    )
    return Group(group.code, group.title, group.titles, group.least, group.most, choices)
