"""What the brand's own sourcing rules would have said, on stock that the caller tells: nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np

from datong.brand.api import list_channels, list_stores
from datong.fulfilment.types import FulfilmentKind
from datong.kernel.db import in_brand
from datong.kernel.geo import Point, distance_m
from datong.orders.sourcing.choose import LOOK_AT, give_back, plan_one, stocked
from datong.orders.sourcing.index import SupplyIndex
from datong.orders.sourcing.rulebook import load_rules
from datong.orders.sourcing.types import Demand, DemandLine


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """An order that somebody has served: where it went, what it took, which store served it. Items are the caller's
    own ids. `channel`: a channel's code, for rules that name channels."""

    id: UUID
    place: Point
    lines: tuple[tuple[UUID, int], ...]
    served_by: str
    channel: str = ""
    promised_at: datetime | None = None
    total_minor: int = 0


@dataclass(frozen=True, slots=True)
class Better:
    """The store that the rules would have chosen, nearer than the one that served; metres from each."""

    store: str
    distance_m: int
    served_distance_m: int
    rule: str
    reason: str


class Trial:
    """One brand's stores and rules, and free stock as the caller sets it. Units of an answer are taken off, so that two
    orders are never promised the same ones."""

    def __init__(self, brand_id: UUID) -> None:
        with in_brand(brand_id):
            self._index = SupplyIndex(list_stores(brand_id))
            self._rules = load_rules()
            self._channels = {channel.code: channel.id for channel in list_channels(brand_id)}

    @property
    def stores(self) -> frozenset[str]:
        """The codes of the stores there are."""
        return frozenset(self._index.by_code)

    def set_free(self, store: str, item: UUID, units: int) -> None:
        found = self._index.by_code.get(store)
        if found is not None:
            self._index.set_free(found.id, item, units)

    def sold(self, store: str, item: UUID, units: int) -> None:
        """Units that left a store's shelf."""
        found = self._index.by_code.get(store)
        if found is not None:
            self._index.column(item)[self._index.position[found.id]] -= units

    def better(self, order: TrialOrder, margin_m: int) -> Better | None:
        """The one store that the rules choose when it is nearer than the serving one by `margin_m` at least.

        The rules are asked only where some nearer store has all of it: for most orders none has.
        """
        served = self._index.by_code.get(order.served_by)
        if served is None:
            return None
        metres = distance_m(served.place, order.place)
        lines = tuple(DemandLine(no, item, units) for no, (item, units) in enumerate(order.lines, 1))
        demand = Demand(
            order_id=order.id,
            channel_id=self._channels.get(order.channel, order.id),
            fulfilment=FulfilmentKind.DELIVERY,
            lines=lines,
            at=order.promised_at,
            place=order.place,
            total_minor=order.total_minor,
        )
        if not self._somebody(demand, order.place, metres - margin_m):
            return None
        plan = plan_one(demand, self._index, self._rules)
        if len(plan.shares) == 1 and plan.shares[0].distance_m <= metres - margin_m:
            share = plan.shares[0]
            code = self._index.stores[self._index.position[share.store_id]].code
            return Better(code, share.distance_m, round(metres), plan.rule, plan.reason)
        for share in plan.shares:
            give_back(self._index, share)
        return None

    def _somebody(self, demand: Demand, place: Point, within_m: float) -> bool:
        """Whether any store within the distance has all lines."""
        if within_m <= 0:
            return False
        for count in (LOOK_AT, len(self._index.stores)):
            ((rows, _),) = self._index.nearest([place], count, within_m)
            if bool(np.any(stocked(demand, self._index, rows)[0])):
                return True
            if len(rows) < count:
                return False
        return False
