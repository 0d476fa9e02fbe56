"""Nouns of the compatibility check (兼容性检查): a mismatch (不匹配) and what mends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Area(StrEnum):
    WAY = "way"  # address, key, door
    VERSION = "version"
    FIELDS = "fields"  # what each side needs and the other leaves out
    CURRENCY = "currency"
    TAX = "tax"
    PLACES = "places"  # stores and locations
    PRODUCTS = "products"


class Level(StrEnum):
    BLOCKING = "blocking"  # not before it is mended
    WARNING = "warning"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What does not fit: `what` in a sentence, `found` where, `fix` in a sentence. FINE: it was looked at and fits."""

    area: Area
    level: Level
    code: str
    what: str
    fix: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, and when; of a channel or an ERP."""

    subject: str
    at: datetime
    mismatches: tuple[Mismatch, ...]

    @property
    def blocking(self) -> tuple[Mismatch, ...]:
        return tuple(m for m in self.mismatches if m.level is Level.BLOCKING)

    @property
    def warnings(self) -> tuple[Mismatch, ...]:
        return tuple(m for m in self.mismatches if m.level is Level.WARNING)


@dataclass(frozen=True, slots=True)
class Goods:
    """The products of both sides. `listed`: their (sku, title, price or None); `ours`: our active SKUs."""

    listed: Sequence[tuple[str, str, int | None]] = ()
    ours: frozenset[str] = frozenset()
    reused: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a check of a channel looks at. `trouble`: (code, sentence, fix) of a trial call that failed."""

    platform: str
    today: date
    has_door: bool
    has_link: bool
    trouble: tuple[str, str, str] | None = None
    lists_orders: bool = True
    api_version: str = ""
    currency: str = ""
    their_currencies: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    by_location: bool = False
    stores: Mapping[str, str] = field(default_factory=dict)  # id -> code
    named_stores: frozenset[str] = frozenset()  # store codes the door's settings name
    tax_classes: frozenset[str] = frozenset()
    tax_rates: frozenset[str] = frozenset()
    goods: Goods | None = None
    named_choices: frozenset[str] = frozenset()  # codes of options the mapping translates to
    choices: frozenset[str] = frozenset()  # what our choices are called, case folded
