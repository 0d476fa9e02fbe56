"""Nouns of what a SKU really is when it is sold: its parts (组成), its options (做法, 加料)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Part:
    """Units of an item that leave a shelf: for one unit sold in an offer, for the whole line in a quote."""

    item_id: UUID
    sku: str
    units: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a group (加料): what it adds to the unit price, how often it may be taken, what it uses up.

    `code` is its own among all groups of the product. `parts` are units for one choice of one unit sold.
    """

    code: str
    title: str
    delta_minor: int = 0
    most: int = 1
    parts: tuple[Part, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
    """Choices that belong together (做法): at least `least` and at most `most` of them; `least` 1 is required."""

    code: str
    title: str
    least: int = 0
    most: int = 1
    choices: tuple[Choice, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """What must be known to sell a SKU, beside its price. An item without one is sold as it stands.

    `parts` None: the item itself leaves the shelf; else these do (a bundle 套餐, bundles within it opened). `sold_from`
    and `sold_to` limit it in time. `stamp` is a new one with every change.
    """

    stamp: UUID
    sold: bool = True
    parts: tuple[Part, ...] | None = None
    groups: tuple[Group, ...] = ()
    sold_from: datetime | None = None
    sold_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A choice as it was ordered: `units` how often for one unit of the line, `delta_minor` for one choice."""

    group: str
    code: str
    title: str
    delta_minor: int = 0
    units: int = 1
