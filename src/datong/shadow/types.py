"""Nouns of shadow mode (影子模式): what the brand's systems of today say, and what does not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from datong.kernel.errors import Problem
from datong.kernel.geo import Point

MAX_SYSTEMS = 30
MAX_PROJECTS = 20
MAX_ROWS = 2_000_000
MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_UNITS = 100_000
MAX_MINOR = 10**12
MAX_PROBLEMS = 1_000  # kept of one feed; the rest is counted
MAX_EVIDENCE = 200  # rows kept of one finding
MAX_FINDINGS = 20_000  # kept of one kind and day


class SystemKind(StrEnum):
    SHOP = "shop"
    MARKETPLACE = "marketplace"
    TILL = "till"
    ERP = "erp"
    OMS = "oms"
    MEMBERS = "members"
    OTHER = "other"


SELLS = frozenset({SystemKind.SHOP, SystemKind.MARKETPLACE, SystemKind.TILL})
BOOKS = frozenset({SystemKind.ERP, SystemKind.OMS})


@dataclass(frozen=True, slots=True)
class System:
    """One of the systems that run today.

    `sells`: orders begin here. `books`: it should hold the orders that begin elsewhere, those of `books_of` (codes;
    empty: all). `keeps_stock`: its stock figure is the one the others copy. `interval_s`: how often it learns of the
    others' sales. `price_group`: systems of different groups may differ in price by agreement. `connector` and `token`:
    how copies of its webhooks are read and where they are sent, '' when it gives files only.
    """

    id: UUID
    code: str
    name: str
    kind: SystemKind
    sells: bool
    books: bool
    keeps_stock: bool
    interval_s: int = 300
    price_group: str = ""
    books_of: tuple[str, ...] = ()
    ref_prefixes: tuple[str, ...] = ()
    connector: str = ""
    token: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def channel_id(self) -> UUID | None:
        """The connected channel that is read by itself; None: files and webhooks are what it gives."""
        named = self.settings.get("channel")
        return UUID(str(named)) if named else None


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What is let pass, and what a kilometre costs; the brand may change each.

    A book may be `grace_s` behind. Orders with one basket of one person are taken for doubled within `double_s`. A
    price gap counts from `gap_s` on, a nearer store from `nearer_m` on. `km_minor`: delivery cost a
    kilometre by courier; a parcel's kilometres beyond 50 cost a tenth.
    """

    grace_s: int = 900
    double_s: int = 600
    gap_s: int = 300
    nearer_m: int = 5_000
    km_minor: int = 20


@dataclass(frozen=True, slots=True)
class Project:
    """One look at a brand beside its systems. `keep_days`: observations older than that are deleted."""

    id: UUID
    brand_id: UUID
    name: str
    currency: str
    country: str
    timezone: str
    keep_days: int
    tolerances: Tolerances
    created_at: datetime
    created_by: str
    systems: tuple[System, ...] = ()

    def system(self, code: str) -> System | None:
        return next((each for each in self.systems if each.code == code), None)


class FeedKind(StrEnum):
    """What a file or a delivery holds."""

    ORDERS = "orders"
    STOCK = "stock"
    PRICES = "prices"
    MEMBERS = "members"
    ITEMS = "items"  # the mapping file: system, sku, item


@dataclass(frozen=True, slots=True)
class LineSeen:
    """`unit_minor` before the line's discount; None: the system states no price."""

    sku: str
    units: int
    unit_minor: int | None = None
    discount_minor: int = 0
    title: str = ""
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class OrderSeen:
    """An order as one system shows it. `ref`: its number where it began (in the selling system: its own number);
    `source`: the code of the system it came from, when a book says so. `store`: the place that serves it, '' unknown.
    `named`: the customer or the platform chose that place.
    """

    native_id: str
    placed_at: datetime
    currency: str
    lines: tuple[LineSeen, ...]
    ref: str = ""
    source: str = ""
    store: str = ""
    named: bool = False
    cancelled: bool = False
    fulfilment: str = ""
    phone: str = ""
    email: str = ""
    place: Point | None = None
    where: tuple[str, str, str, str] = ("", "", "", "")  # city, region, postcode, country
    promised_at: datetime | None = None
    row: int = 0

    @property
    def goods_minor(self) -> int:
        return sum((line.unit_minor or 0) * line.units - line.discount_minor for line in self.lines)

    @property
    def units(self) -> int:
        return sum(line.units for line in self.lines)


@dataclass(frozen=True, slots=True)
class StockSeen:
    sku: str
    store: str
    units: int
    at: datetime
    gtin: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class PriceSeen:
    """`store` '': everywhere."""

    sku: str
    minor: int
    currency: str
    since: datetime
    store: str = ""
    gtin: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """`link` is a number that this person has in all systems; two records with one link are known to be one."""

    native_id: str
    name: str
    phone: str = ""
    email: str = ""
    phone_verified: bool = False
    email_verified: bool = False
    link: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """A row of the mapping file: what `sku` of `system` is called everywhere."""

    system: str
    sku: str
    item: str


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of one file or delivery. `repeat`: this very content was there before; nothing was done."""

    feed_id: UUID
    kind: FeedKind
    rows: int
    taken: int
    refused: int
    problems: tuple[Problem, ...] = ()
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Watching:
    """What one reading of a channel brought: orders listed, those that could not be read, stock figures and prices that
    are not as they were. `problem` is why it stopped early, '' when it came to the end."""

    system: str
    orders: int
    refused: int
    stock: int
    prices: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FeedView:
    """A feed as it is listed."""

    id: UUID
    system_id: UUID
    kind: FeedKind
    door: str
    name: str
    received_at: datetime
    rows: int
    taken: int
    refused: int


class Kind(StrEnum):
    """What is found. The order is the order of the report."""

    OVERSELL = "oversell"
    NEAR_MISS = "near_miss"
    MISSING = "missing"  # sold, and not in the book
    STRAY = "stray"  # in the book, and nobody sold it
    DOUBLED = "doubled"
    DIFFERS = "differs"
    PRICE_GAP = "price_gap"
    DUPLICATE = "duplicate"
    MAYBE_SAME = "maybe_same"
    NEARER = "nearer"


LOSES = (
    Kind.OVERSELL,
    Kind.MISSING,
    Kind.STRAY,
    Kind.DOUBLED,
    Kind.DIFFERS,
    Kind.PRICE_GAP,
    Kind.NEARER,
)
"""Kinds whose money adds up to what is at stake. A duplicate's money is turnover, and a near miss held."""


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not fit. `mark` is the same in every run, so that an explanation stays with it.

    `facts` are its figures by name, `evidence` the rows it was made from (at most MAX_EVIDENCE, `rows` in all).
    `reason`, `explained_by`: a person has said why it is as it should be.
    """

    mark: str
    kind: Kind
    severity: Severity
    day: date
    at: datetime
    amount_minor: int
    currency: str
    store: str = ""
    item: str = ""
    title: str = ""
    systems: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Mapping[str, Any], ...] = ()
    rows: int = 0
    id: UUID | None = None
    reason: str = ""
    explained_by: str = ""
    explained_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KindFigures:
    """Explained findings are counted apart and their money is left out."""

    kind: Kind
    count: int
    amount_minor: int
    high: int = 0
    explained: int = 0


@dataclass(frozen=True, slots=True)
class DayFigures:
    day: date
    counts: Mapping[Kind, int]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was looked at, by system: orders, stock rows, prices, members, and items no other system knows."""

    system: System
    orders: int
    stock_rows: int
    prices: int
    members: int
    unmatched: int
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Report:
    """The summary of a project's latest run. `at_stake_minor` is the sum of the kinds in LOSES."""

    project: Project
    since: date
    until: date
    ran_at: datetime | None
    seconds: float
    orders: int
    kinds: tuple[KindFigures, ...]
    days: tuple[DayFigures, ...]
    coverage: tuple[Coverage, ...]
    notes: Mapping[str, int] = field(default_factory=dict)

    @property
    def at_stake_minor(self) -> int:
        return sum(each.amount_minor for each in self.kinds if each.kind in LOSES)

    @property
    def found(self) -> int:
        return sum(each.count for each in self.kinds)
