"""Nouns of the systems of today: what each of them holds of one day, and what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from datong.shadow.types import Kind
from datong.site.demo.types import PlannedOrder, World

Key = tuple[str, str]
"""(store, sku)."""


@dataclass(frozen=True, slots=True)
class Sale:
    """An order in the system where it began, and the store that serves it."""

    order: PlannedOrder
    store: str

    @property
    def units(self) -> Counter[Key]:
        found: Counter[Key] = Counter()
        for line in self.order.lines:
            found[self.store, line.sku] += line.units
        return found


@dataclass(frozen=True, slots=True)
class Booked:
    """An order in the ERP: its own number, and the number and system it says it came from."""

    number: str
    ref: str
    source: str
    at: datetime
    store: str
    lines: tuple[tuple[str, int, int], ...]  # sku, units, price of one
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """A member's record in one system."""

    system: str
    number: str
    name: str
    phone: str = ""
    email: str = ""
    link: str = ""


@dataclass(slots=True)
class Today:
    """One day. `opening`: what lies where in the morning, the same in every system; `prices`: by system and sku, the
    changes of the day as (since, minor), in the order of time; `shelves`: what the clean day sells from."""

    world: World
    since: datetime
    sales: list[Sale]
    booked: list[Booked]
    opening: dict[Key, int]
    prices: dict[str, dict[str, list[tuple[datetime, int]]]]
    cards: list[Card]
    shelves: frozenset[Key] = frozenset()

    def sold(self) -> Counter[Key]:
        total: Counter[Key] = Counter()
        for sale in self.sales:
            total.update(sale.units)
        return total


@dataclass(frozen=True, slots=True)
class Planted:
    """What was planted: by kind, the signs by which a finding of it is known (a store and an item, an order's number,
    member numbers)."""

    of: Mapping[Kind, tuple[frozenset[str], ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(map(len, self.of.values()))
