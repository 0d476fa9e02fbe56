"""Nouns of inventory (库存): stock, holds (预占), movements (流水), shortfalls (缺口). A location is a store's id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Want:
    """One order's demand at one location: `quantities` maps an item to units (> 0).

    `floor` units of each item must stay free (the channel's buffer). A hold with `expires_at` is of an order not yet
    paid; those are capped per `customer_key`. `also` are items of the order that are not counted (services, a bundle as
    such): they take no units, but none of them may be sold out at the place.
    """

    order_id: UUID
    location_id: UUID
    quantities: Mapping[UUID, int]
    floor: int = 0
    expires_at: datetime | None = None
    customer_key: str = ""
    also: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Short:
    """Why a want was refused: the first item that lacked units, how many were free, how many were wanted.

    `capped`: there was stock, but the customer holds as many unpaid units as one may. `sold_out`: taken off sale there.
    `busy`: there seemed to be stock, but another transaction held the row and this one could not wait for it.
    """

    order_id: UUID
    location_id: UUID
    item_id: UUID
    free: int
    wanted: int
    capped: bool = False
    sold_out: bool = False
    busy: bool = False


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
    """One item at one location. free = on_hand - reserved - safety, and never above 0 while it is sold out (估清)."""

    location_id: UUID
    item_id: UUID
    on_hand: int
    reserved: int = 0
    safety: int = 0
    sold_out: bool = False

    @property
    def free(self) -> int:
        return self.free_with(self.on_hand)

    def free_with(self, on_hand: int) -> int:
        """What would be free with other units on hand."""
        left = on_hand - self.reserved - self.safety
        return min(left, 0) if self.sold_out else left


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


class Until(StrEnum):
    """When an item that is sold out comes back: by hand, at the store's next opening, or with the next goods."""

    BY_HAND = "by_hand"
    NEXT_OPENING = "next_opening"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True)
class SoldOut:
    """An item that is off sale at one place. `until` None: back by hand or, with `on_arrival`, when goods come in."""

    id: UUID
    location_id: UUID
    item_id: UUID
    since: datetime
    until: datetime | None
    on_arrival: bool
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class SoldOutItem:
    """One item that is off sale: at how many places, some of them, since when, and when the first comes back."""

    item_id: UUID
    places: int
    some: tuple[UUID, ...]
    since: datetime
    until: datetime | None
    on_arrival: bool
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Touched:
    """What one touch changed: `places` is how many, `batch` takes it back (`undo`)."""

    batch: UUID
    places: int
