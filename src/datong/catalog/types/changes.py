"""Nouns of many prices at once: cost (成本), price policy (价格政策), price change (调价单) with its preview."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Cost:
    """What one unit costs the brand from a moment on, in the brand's currency, without tax."""

    sku: str
    cost_minor: int
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class PricePolicy:
    """Why a list of its own holds somewhere: which list, where, the reason, who decided it, from when to when.

    `channels`, `stores`, `regions` name the doors, the stores and the stores' regions; at least one of them does. A
    policy that names several kinds holds where all of them fit.
    """

    id: UUID
    price_list: str
    reason: str
    by: str
    valid_from: datetime
    valid_to: datetime | None = None
    channels: frozenset[UUID] = frozenset()
    stores: frozenset[UUID] = frozenset()
    regions: frozenset[str] = frozenset()


class Formula(StrEnum):
    """How a new price is made from the one that holds."""

    PERCENT = "percent"  # value: basis points more, negative for less
    AMOUNT = "amount"  # value: minor units more, negative for less
    SET = "set"  # value: the price itself, or a price of its own for each row of a file
    MATCH = "match"  # the brand's list: the gap is closed
    GIVEN = "given"  # each line says its own price, list and dates


class Rounding(StrEnum):
    NONE = "none"
    WHOLE = "whole"  # to the nearest whole unit of the currency
    NINETY_NINE = "99"  # to the nearest price that ends in .99
    NINE = "9"  # to the nearest whole price that ends in 9


class Flag(StrEnum):
    """What somebody should look at before they approve a line."""

    BELOW_COST = "below_cost"
    BIG_JUMP = "big_jump"
    NEW_PRICE = "new_price"  # the list had no price of its own
    NO_BASE = "no_base"  # there is nothing to reckon from: the line is left out
    UNCHANGED = "unchanged"  # the price stays: the line is left out
    NEGATIVE = "negative"  # the formula leads below zero: the line is left out
    OVERLAPS = "overlaps"  # a dated special of the same list begins or ends within this one


class ChangeState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for a second person
    DONE = "done"  # its prices are in the lists, from their date on
    REFUSED = "refused"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a change is about: which products of which list, how, from when to when.

    No selection but `everything` is everything. `own` are prices by SKU (a file's rows) for Formula.SET. `several`: for
    Formula.GIVEN, the lines are of several lists.
    """

    price_list: str
    formula: Formula
    value: int = 0
    rounding: Rounding = Rounding.NONE
    category: str = ""
    search: str = ""
    skus: tuple[str, ...] = ()
    everything: bool = False
    own: dict[str, int] = field(default_factory=dict)
    begins: datetime | None = None
    ends: datetime | None = None
    several: bool = False


@dataclass(frozen=True, slots=True)
class NewPrice:
    """A price somebody asks for. `begins` None: from the moment it is carried out on."""

    sku: str
    amount_minor: int
    begins: datetime | None = None
    ends: datetime | None = None
    price_list: str = ""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One price of a change. Margins in basis points of the price without tax; None where no cost is known.

    `begins` None: when the change is carried out. `number` counts the lines of a change from 1.
    """

    item_id: UUID
    sku: str
    title: str
    before_minor: int | None
    after_minor: int
    cost_minor: int | None = None
    margin_before_bps: int | None = None
    margin_after_bps: int | None = None
    flags: tuple[Flag, ...] = ()
    price_list: str = ""
    begins: datetime | None = None
    ends: datetime | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class WaitingPrice:
    """A price of a product that waits for a second person."""

    change_id: UUID
    sku: str
    price_list: str
    currency: str
    before_minor: int | None
    after_minor: int
    begins: datetime | None
    made_by: str
    made_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A change of prices as it stands. `worth_minor`: what it comes to when 100 of each are sold."""

    id: UUID
    state: ChangeState
    wanted: Wanted
    reason: str
    currency: str
    made_by: str
    made_at: datetime
    count: int
    left_out: int
    below_cost: int
    big_jumps: int
    worth_minor: int
    begins: datetime | None
    approval_id: UUID | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    undoes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a product costs in one list now, and what is dated later: `next_minor` from `next_from` on."""

    price_list: str
    amount_minor: int | None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    next_minor: int | None = None
    next_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    """A product across all lists; `differs` are the lists whose own price is another than the brand's."""

    item_id: UUID
    sku: str
    title: str
    category: str
    cost_minor: int | None
    cells: dict[str, Cell]
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two dated specials of one product in one list that hold at the same time: the later one wins while both do."""

    sku: str
    price_list: str
    first_minor: int
    first_from: datetime
    first_to: datetime
    second_minor: int
    second_from: datetime
    second_to: datetime
