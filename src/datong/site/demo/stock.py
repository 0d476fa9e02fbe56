"""What lies where in the morning: every store its own range, filled as by somebody who forecasts well but not always.

A store holds goods by popularity (more in a big store), the hubs hold every good, and most orders of the day were
foreseen: their goods lie at the store they were made near, in about the right quantity. What was not foreseen
must come from a neighbour, from a hub, from several stores, or wait.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate

from datong.site.demo.dice import dice
from datong.site.demo.types import Format, Good, PlannedOrder, Race, Shop, Stock

DRAWS = {Format.BIG: 80, Format.SMALL: 30, Format.KIOSK: 12}
FORESEEN = 0.94
SAFETY = {Format.HUB: 2, Format.BIG: 1}
SAFETY_FROM = 20
KEPT_BACK = 2
"""A good forecaster allows for the safety stock and for the units that marketplaces must leave on the shelf."""
ON_MENU = 0.93
MAX_ROWS = 300_000


def plan_stock(
    shops: Sequence[Shop],
    orders: Sequence[PlannedOrder],
    races: Sequence[Race],
    range_of: Callable[[Shop], Mapping[str, int]],
    foreseen: float = FORESEEN,
) -> tuple[Stock, ...]:
    """Rows by store and good, at most MAX_ROWS; a race's place holds exactly what the larger of the two wants.

    `range_of` says what a store holds whatever the day brings: units by code.
    """
    held = {(shop.code, sku): units for shop in shops for sku, units in range_of(shop).items()}
    _foresee(held, orders, foreseen)
    raced = {(race.shop, race.sku): race.units for race in races}
    held |= raced
    if len(held) > MAX_ROWS:
        raise ValueError(f"{len(held)} rows of stock: at most {MAX_ROWS} load quickly enough")
    safety = {shop.code: SAFETY.get(shop.format, 0) for shop in shops}
    return tuple(
        Stock(shop, sku, units, safety[shop] if units >= SAFETY_FROM and (shop, sku) not in raced else 0)
        for (shop, sku), units in sorted(held.items())
    )


def by_popularity(goods: Sequence[Good]) -> Callable[[Shop], Mapping[str, int]]:
    """Ranges of a retailer: a hub holds every good, the others what their size lets them, the popular ones first."""
    weights = list(accumulate(good.baskets for good in goods))

    def range_of(shop: Shop) -> Mapping[str, int]:
        throws = dice("range", shop.code)
        if shop.format is Format.HUB:
            return {good.sku: _some(good, throws.uniform(1, 12)) for good in goods}
        drawn = throws.choices(goods, cum_weights=weights, k=DRAWS[shop.format])
        return {good.sku: _some(good, throws.uniform(0.5, 4)) for good in drawn}

    return range_of


def by_menu(goods: Sequence[Good]) -> Callable[[Shop], Mapping[str, int]]:
    """Ranges of a chain with one menu: every store has nearly all of it, a few portions beyond the forecast."""

    def range_of(shop: Shop) -> Mapping[str, int]:
        throws = dice("portions", shop.code)
        rows = {}
        for good in goods:
            if throws.random() < ON_MENU:
                rows[good.sku] = 0 if throws.randrange(8) == 0 else throws.randint(0, 5)
        return rows

    return range_of


def _some(good: Good, times: float) -> int:
    return max(1, round(good.usual_units * times))


def _foresee(held: dict[tuple[str, str], int], orders: Sequence[PlannedOrder], foreseen: float) -> None:
    """Add the foreseen orders' goods where they were made. A till sale is always foreseen: it was on the shelf."""
    for order in orders:
        throws = dice("forecast", order.number)
        if throws.random() >= foreseen and not order.completed:
            continue
        margin = 1 if order.completed else throws.uniform(0.97, 2)
        for line in order.lines:
            key = order.shop, line.sku
            units = max(1, round(line.units * margin)) + (0 if order.completed else KEPT_BACK)
            held[key] = held.get(key, 0) + units
