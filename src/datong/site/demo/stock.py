"""What lies where in the morning: every store its own range, filled as by somebody who forecasts well but not always.

A store holds goods by popularity (more in a big store), the hubs hold every good, and most orders of the day were
foreseen: their goods lie at the store they were made near, in about the right quantity. What was not foreseen
must come from a neighbour, from a hub, from several stores, or wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

from datong.site.demo.dice import dice
from datong.site.demo.types import Format, Good, PlannedOrder, Race, Shop, Stock

DRAWS = {Format.BIG: 80, Format.SMALL: 30, Format.KIOSK: 12}
FORESEEN = 0.94
SAFETY = {Format.HUB: 2, Format.BIG: 1}
MAX_ROWS = 300_000


def plan_stock(
    goods: Sequence[Good], shops: Sequence[Shop], orders: Sequence[PlannedOrder], races: Sequence[Race]
) -> tuple[Stock, ...]:
    """Rows by store and good, at most MAX_ROWS; a race's place holds exactly what one of the two wants."""
    weights = list(accumulate(good.baskets for good in goods))
    held: dict[tuple[str, str], int] = {}
    for shop in shops:
        throws = dice("range", shop.code)
        if shop.format is Format.HUB:
            held |= {(shop.code, good.sku): _deep(good, throws) for good in goods}
        else:
            drawn = throws.choices(goods, cum_weights=weights, k=DRAWS[shop.format])
            held |= {(shop.code, good.sku): _shelf(good, throws) for good in drawn}
    formats = {shop.code: shop.format for shop in shops}
    _foresee(held, orders)
    held |= {(race.shop, race.sku): race.units for race in races}
    if len(held) > MAX_ROWS:
        raise ValueError(f"{len(held)} rows of stock: at most {MAX_ROWS} load quickly enough")
    raced = {(race.shop, race.sku) for race in races}
    return tuple(
        Stock(shop, sku, units, 0 if (shop, sku) in raced or units < 20 else SAFETY.get(formats[shop], 0))
        for (shop, sku), units in sorted(held.items())
    )


def _shelf(good: Good, throws: Random) -> int:
    return max(1, round(good.usual_units * throws.uniform(0.5, 4)))


def _deep(good: Good, throws: Random) -> int:
    return max(2, round(good.usual_units * throws.uniform(1, 12)))


def _foresee(held: dict[tuple[str, str], int], orders: Sequence[PlannedOrder]) -> None:
    """Add the foreseen orders' goods where they were made. A till sale is always foreseen: it was on the shelf."""
    for order in orders:
        throws = dice("forecast", order.number)
        if throws.random() >= FORESEEN and not order.completed:
            continue
        margin = 1 if order.completed else throws.uniform(0.95, 2)
        for line in order.lines:
            key = order.shop, line.sku
            units = max(1, round(line.units * margin))
            held[key] = held.get(key, 0) + units
