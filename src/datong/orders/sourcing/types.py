"""Nouns of sourcing: demand, rules, plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from datong.fulfilment.types import FulfilmentKind
from datong.kernel.geo import Point


class Condition(StrEnum):
    """Why a candidate was refused; the first that failed, in this order."""

    CLOSED_DOWN = "closed_down"
    CHANNEL = "channel_not_allowed"
    ASSORTMENT = "not_in_assortment"
    LENDING = "stock_not_lent"
    GROUP = "not_in_store_group"
    AREA = "does_not_serve_address"
    HOURS = "closed_at_promised_time"
    LIMIT = "order_limit_reached"
    STOCK = "not_enough_stock"
    PROMISED = "promised_to_waiting"
    OUTSCORED = "lower_score"
    TAKEN = "stock_taken_meanwhile"
    REFUSED = "store_refused"


@dataclass(frozen=True, slots=True)
class DemandLine:
    """Units of an item for a line; a bundle's line is several, one after the other."""

    line_no: int
    item_id: UUID
    units: int


@dataclass(frozen=True, slots=True)
class Demand:
    """What an order needs from a place. `fixed_store`: chosen by the customer or a platform, never changed.

    `at` is the promised moment; None: none was promised, a parcel leaves when its store opens, so hours do not count.
    `excluded` are stores already tried in vain, `not_at` those that do not sell a product of it. `also` are items that
    are not counted; a store where one of them is sold out cannot serve. `waiting`: it stands in the backorder queue, so
    what is promised to the queue is promised to it.
    """

    order_id: UUID
    channel_id: UUID
    fulfilment: FulfilmentKind
    lines: tuple[DemandLine, ...]
    at: datetime | None
    place: Point | None = None
    fixed_store: UUID | None = None
    allowed_stores: frozenset[UUID] = frozenset()
    buffer_units: int = 0
    total_minor: int = 0
    model: str = ""
    excluded: frozenset[UUID] = frozenset()
    not_at: frozenset[UUID] = frozenset()
    also: frozenset[UUID] = frozenset()
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each part of the score counts; every part is between 0 (bad) and 1 (good).

    `split` is for fewer stores and counts in rules that allow more than one. As much as all the others together, which
    is the default, and one store always beats two.
    """

    distance: int = 60
    load: int = 20
    depth: int = 20
    cost: int = 0
    split: int = 100

    @property
    def others(self) -> int:
        return max(self.distance + self.load + self.depth + self.cost, 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the brand's ordered list (sourcing.md): which orders, which places, in which order.

    Orders: `channels`, `fulfilments`, `min_total_minor` (empty or 0: all). Places: `store_kinds`, `regions` (empty:
    all), `max_distance_m`. `max_stores` above 1 allows a split. An order no rule serves waits in the queue.
    """

    name: str
    channels: frozenset[UUID] = frozenset()
    fulfilments: frozenset[str] = frozenset()
    min_total_minor: int = 0
    store_kinds: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    max_distance_m: int = 30_000
    weights: Weights = field(default_factory=Weights)
    max_stores: int = 1

    def takes(self, demand: Demand) -> bool:
        return (
            (not self.channels or demand.channel_id in self.channels)
            and (not self.fulfilments or demand.fulfilment.value in self.fulfilments)
            and demand.total_minor >= self.min_total_minor
        )


NAMED_STORE = "named_store"
"""The rule of an order whose store somebody else chose."""

DEFAULT_RULES = (
    Rule("nearest_with_everything"),
    Rule("split_over_two", max_stores=2),
    Rule("far_with_everything", max_distance_m=80_000),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A store looked at: how far, what score, from which parts; `refused` says why not, with `detail`."""

    store_id: UUID
    distance_m: int
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)
    refused: Condition | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """One store's part of an order."""

    store_id: UUID
    distance_m: int
    lines: tuple[DemandLine, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The decision for one order. No shares: nobody can serve it, `reason` says why."""

    order_id: UUID
    shares: tuple[Share, ...]
    rule: str
    reason: str
    chosen: tuple[Candidate, ...] = ()
    refused: tuple[Candidate, ...] = ()
    waits: bool = False
