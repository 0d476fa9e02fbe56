"""Nouns of inventory (库存): stock, holds (预占), movements (流水), shortfalls (缺口). A location is a store's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Want:
    """One order's demand at one location: `quantities` maps an item to units (> 0).

    `floor` units of each item must stay free (the channel's buffer). A hold with `expires_at` is of an order not yet
    paid; those are capped per `customer_key`.
    """

    order_id: UUID
    location_id: UUID
    quantities: Mapping[UUID, int]
    floor: int = 0
    expires_at: datetime | None = None
    customer_key: str = ""


@dataclass(frozen=True, slots=True)
class Short:
    """Why a want was refused: the first item that lacked units, how many were free, how many were wanted.

    `capped`: there was stock, but the customer holds as many unpaid units as one may.
    """

    order_id: UUID
    location_id: UUID
    item_id: UUID
    free: int
    wanted: int
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Reservation:
    served: tuple[Want, ...]
    refused: tuple[Short, ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A sale that happened took more than was there: `units` are missing until a count or a rule closes the row."""

    order_id: UUID
    location_id: UUID
    item_id: UUID
    units: int


@dataclass(frozen=True, slots=True)
class StockRow:
    """One item at one location. free = on_hand - reserved - safety."""

    location_id: UUID
    item_id: UUID
    on_hand: int
    reserved: int = 0
    safety: int = 0

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved - self.safety


@dataclass(frozen=True, slots=True)
class Clash:
    """A hold that had to go because its units were sold at the counter: the order needs another place."""

    order_id: UUID
    location_id: UUID
    item_id: UUID


@dataclass(frozen=True, slots=True)
class Sale:
    """What a batch of sales that happened did: units missing, and the holds they clashed with."""

    shortfalls: tuple[Shortfall, ...]
    clashes: tuple[Clash, ...]
