"""Two doors, one moment, the last units: pairs of real orders are brought to the same place at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import distance_m
from datong.orders.types import Amounts
from datong.site.demo.types import Format, PlannedOrder, Race, Shop

RACES = 24


def stage(
    orders: Sequence[PlannedOrder],
    shops: Mapping[str, Shop],
    doors: Collection[str],
    reach_m: float,
    wanted: int = RACES,
) -> tuple[list[PlannedOrder], tuple[Race, ...]]:
    """Up to `wanted` races between one-line orders of one good through two of `doors`, fewest units first.

    Both become pickups at the first one's store, at its moment, and the store holds what the larger one wants. It is
    a store where nobody within `reach_m` wants that good earlier in the day, so the units are there for the two.
    The other orders are returned as they were.
    """
    by_number = {order.number: order for order in orders}
    asked: defaultdict[str, list[PlannedOrder]] = defaultdict(list)
    single: defaultdict[str, list[PlannedOrder]] = defaultdict(list)
    for order in orders:
        for sku in {line.sku for line in order.lines}:
            asked[sku].append(order)
        if len(order.lines) == 1 and order.channel in doors and shops[order.shop].format is not Format.HUB:
            single[order.lines[0].sku].append(order)
    races: list[Race] = []
    for sku, group in single.items():
        by_units = sorted(group, key=lambda order: (order.lines[0].units, order.number))
        for first, second in combinations(by_units, 2):
            if first.channel != second.channel and _first_here(first, second, asked[sku], shops, reach_m):
                races.append(Race(first.shop, sku, second.lines[0].units, (first.number, second.number)))
                break
    races = sorted(races, key=lambda race: (race.units, race.orders))[:wanted]
    for race in races:
        first, second = (by_number[number] for number in race.orders)
        by_number |= {order.number: _at(order, first) for order in (first, second)}
    moved = sorted(by_number.values(), key=lambda order: (order.placed_at, order.number))
    return moved, tuple(races)


def _first_here(
    first: PlannedOrder, second: PlannedOrder, asked: Sequence[PlannedOrder], shops: Mapping[str, Shop], reach_m: float
) -> bool:
    place = shops[first.shop].place
    return all(
        distance_m(place, shops[other.shop].place) > reach_m
        for other in asked
        if other.placed_at <= first.placed_at and other not in (first, second)
    )


def _at(order: PlannedOrder, first: PlannedOrder) -> PlannedOrder:
    """The order as a pickup at the first one's store and moment; nothing is delivered, so nothing is charged for it."""
    return replace(
        order,
        placed_at=first.placed_at,
        fulfilment=FulfilmentKind.PICKUP,
        amounts=Amounts(goods=order.amounts.goods, paid=order.amounts.goods),
        shop=first.shop,
        named_shop=first.shop,
        address=AddressText(),
        place=None,
        promised_at=first.promised_at or order.promised_at,
        note="race",
    )
