"""What is near a customer, from the picture of stores and stock in memory: no statement but the picture's own.

It is what sourcing decides by, so what is shown is what an order would find; the reservation has the last word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

from datong.brand.types import Store
from datong.catalog.types import QuoteLine
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.geo import Point
from datong.kernel.ids import uuid7
from datong.orders.sourcing.choose import give_back, plan_one
from datong.orders.sourcing.index import Bools, Ints, SupplyIndex
from datong.orders.sourcing.supply import Supply, supply_of
from datong.orders.sourcing.types import Demand, DemandLine
from datong.orders.types import Foreseen, StoreNear

FAR_M = 20_000_000.0
MANY = 1_000_000


def stores_near(
    brand_id: UUID,
    channel_id: UUID,
    *,
    place: Point | None = None,
    fits: Callable[[Store], bool] = lambda store: True,
    line: QuoteLine | None = None,
    limit: int = 20,
) -> list[StoreNear]:
    """The stores that serve this door, nearest first (by name without a place); with a line, how often each has it.

    Stores that do not sell the line or have none of it come last, with 0 units.
    """
    with in_brand(brand_id):
        supply = supply_of(brand_id)
    index, now = supply.index, clock.now()
    rows, metres = _ordered(index, place)
    keep = _serving(supply, channel_id)
    units = _units(supply, channel_id, line) if line is not None else None
    opened = index.open_at(now)
    found: list[StoreNear] = []
    for at, metre in zip(rows, metres, strict=True):
        store = index.stores[at]
        if keep[at] and fits(store):
            has = None if units is None else int(units[at])
            found.append(StoreNear(store, None if place is None else round(metre), bool(opened[at]), has))
            if line is None and len(found) >= limit:
                break
    if units is not None:
        found.sort(key=lambda one: one.units == 0)
    return found[:limit]


def store_units(brand_id: UUID, channel_id: UUID, line: QuoteLine) -> tuple[int, int]:
    """(stores that have it now, how often the best of them); (all stores, MANY) where it needs no stock."""
    with in_brand(brand_id):
        supply = supply_of(brand_id)
    keep, units = _serving(supply, channel_id), _units(supply, channel_id, line)
    if units is None:
        return int(keep.sum()), MANY
    mine = units[keep]
    return int((mine > 0).sum()), int(mine.max(initial=0))


def has_any(brand_id: UUID, channel_id: UUID, lines: Sequence[QuoteLine], store_id: UUID | None = None) -> list[bool]:
    """For each line whether the store that is named has it now, or any store of the door."""
    with in_brand(brand_id):
        supply = supply_of(brand_id)
    keep = _serving(supply, channel_id)
    if store_id is not None and store_id in supply.index.position:
        only = np.zeros(len(keep), bool)
        only[supply.index.position[store_id]] = True
        keep = keep & only
    found = []
    for line in lines:
        units = _units(supply, channel_id, line)
        found.append(bool(keep.any()) if units is None else bool((units[keep] > 0).any()))
    return found


def foresee(
    brand_id: UUID,
    channel_id: UUID,
    lines: Sequence[QuoteLine],
    *,
    fulfilment: FulfilmentKind,
    place: Point | None = None,
    store_id: UUID | None = None,
    total_minor: int = 0,
    at: datetime | None = None,
) -> Foreseen:
    """Who would serve these lines now, by the brand's own rules; nothing is held."""
    with in_brand(brand_id):
        supply = supply_of(brand_id)
    channel = supply.channels.get(channel_id)
    demand = Demand(
        order_id=uuid7(),
        channel_id=channel_id,
        fulfilment=fulfilment,
        lines=tuple(DemandLine(line.line_no, part.item_id, part.units) for line in lines for part in line.parts),
        at=at,
        place=place,
        fixed_store=store_id,
        allowed_stores=frozenset(channel.stores) if channel else frozenset(),
        buffer_units=channel.buffer_units if channel else 0,
        total_minor=total_minor,
        not_at=frozenset().union(*(line.not_at for line in lines)),
        also=_also(lines),
    )
    with supply.lock:
        plan = plan_one(demand, supply.index, supply.rules)
        for share in plan.shares:
            give_back(supply.index, share)
    known = supply.index.position
    stores = tuple(supply.index.stores[known[share.store_id]] for share in plan.shares)
    metres = max((share.distance_m for share in plan.shares), default=0)
    return Foreseen(stores if not plan.waits else (), metres, plan.reason)


def _also(lines: Sequence[QuoteLine]) -> frozenset[UUID]:
    counted = {part.item_id for line in lines for part in line.parts}
    return frozenset(line.item_id for line in lines if line.item_id is not None and line.item_id not in counted)


def _ordered(index: SupplyIndex, place: Point | None) -> tuple[list[int], list[float]]:
    if place is None:
        named = sorted(range(len(index.stores)), key=lambda at: (index.stores[at].name, index.stores[at].code))
        return named, [0.0] * len(named)
    ((rows, metres),) = index.nearest([place], len(index.stores), FAR_M)
    return [int(at) for at in rows], [float(metre) for metre in metres]


def _serving(supply: Supply, channel_id: UUID) -> Bools:
    """The stores that trade and serve the door."""
    index = supply.index
    keep: Bools = index.trading.copy()
    channel = supply.channels.get(channel_id)
    if channel and channel.stores:
        allowed = np.zeros(len(index.stores), bool)
        allowed[[index.position[store] for store in channel.stores if store in index.position]] = True
        keep &= allowed
    return keep


def _units(supply: Supply, channel_id: UUID, line: QuoteLine) -> Ints | None:
    """How often each store has the line; None when it needs no stock and is sold out nowhere."""
    index = supply.index
    channel = supply.channels.get(channel_id)
    buffer = channel.buffer_units if channel else 0
    wanted: Mapping[UUID, int] = _summed(line)
    gone = [index.out[item] for item in (line.item_id, *wanted) if item is not None and item in index.out]
    if not wanted and not gone and not line.not_at:
        return None
    units = np.full(len(index.stores), MANY, np.int64)
    for item, each in wanted.items():
        left = np.maximum(np.asarray(index.left(item, named=True), np.int64) - buffer, 0)
        units = np.minimum(units, left // each)
    for out in gone:
        units[out] = 0
    units[[index.position[store] for store in line.not_at if store in index.position]] = 0
    result: Ints = units
    return result


def _summed(line: QuoteLine) -> dict[UUID, int]:
    """Units of each item that one of the line needs."""
    found: dict[UUID, int] = {}
    for part in line.parts:
        found[part.item_id] = found.get(part.item_id, 0) + part.units
    return {item: max(units // max(line.units, 1), 1) for item, units in found.items()}
