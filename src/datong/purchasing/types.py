"""Nouns of purchasing (采购): supplier 供应商, demand 需求, proposal 补货建议, order 采购单, claim 索赔."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who delivers goods, and on which terms. `link_version` grows when the link of their own page is taken back."""

    id: UUID
    code: str
    name: str
    email: str = ""
    phone: str = ""
    terms: str = ""
    lead_days: int = 7
    min_order_minor: int = 0
    active: bool = True
    link_version: int = 0


@dataclass(frozen=True, slots=True)
class SupplierItem:
    """An item as a supplier sells it: price of one unit in minor units, whole packs only, shelf life when known."""

    supplier_id: UUID
    item_id: UUID
    price_minor: int
    pack_units: int = 1
    min_units: int = 0
    lead_days: int | None = None
    shelf_life_days: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A fixed rule for an item at a store: when stock and what is coming fall to `low` (s), order up to `high` (S)."""

    store_id: UUID
    item_id: UUID
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will be wanted over a horizon, and how wrong such forecasts were when tried on the past.

    `wape`: sum of absolute errors over sum of what was wanted. `mase`: errors over those of `naive`, the forecast that
    repeats the last period; below 1 is better than naive. None where the past is too short to try.
    """

    model: str
    units: float
    sd: float
    wape: float | None = None
    mase: float | None = None
    mape: float | None = None
    naive_wape: float | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """What a store has and will have of an item without a new order."""

    on_hand: int
    held: int
    in_transit: int = 0
    on_order: int = 0

    @property
    def units(self) -> int:
        return self.on_hand - self.held + self.in_transit + self.on_order


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the forecast says of an item at a store: wanted over `days`, and the level an order would fill up to."""

    days: int
    forecast: Forecast | None
    level: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Order `units` of an item for a store, and every figure it was made from."""

    store_id: UUID
    item_id: UUID
    supplier_id: UUID
    units: int
    price_minor: int
    why: str
    facts: dict[str, float | int | str | None]
    made_at: datetime


class OrderState(StrEnum):
    DRAFT = "draft"
    ASKED = "asked"  # waits for a second person
    APPROVED = "approved"
    SENT = "sent"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


ENDED = (OrderState.CLOSED, OrderState.REFUSED, OrderState.CANCELLED)
"""Nothing more comes of it."""


class ClaimKind(StrEnum):
    SHORT = "short"
    OVER = "over"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """`received` are good units on the shelf, `damaged` came and were not taken; both over all receipts."""

    item_id: UUID
    units: int
    price_minor: int
    received: int = 0
    damaged: int = 0

    @property
    def open(self) -> int:
        return max(self.units - self.received - self.damaged, 0)


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """`buyout`: bought outright (买断), to be followed until it is sold."""

    id: UUID
    number: str
    supplier_id: UUID
    store_id: UUID
    state: OrderState
    buyout: bool
    note: str
    expected_on: date | None
    by: str
    at: datetime
    sent_at: datetime | None
    closed_at: datetime | None
    approval_id: UUID | None
    lines: tuple[OrderLine, ...] = ()

    @property
    def total_minor(self) -> int:
        return sum(line.units * line.price_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done with an order; `verb`: draft, submit, approve, refuse, withdraw, send, confirm, receive,
    close, cancel. `facts`: state, total_minor, units, and by verb `to` (an e-mail address), received, damaged."""

    at: datetime
    by: str
    verb: str
    reason: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a supplier owes or is owed because a receipt differs from the order."""

    id: UUID
    order_id: UUID
    supplier_id: UUID
    item_id: UUID
    kind: ClaimKind
    units: int
    value_minor: int
    at: datetime
    settled_at: datetime | None
    settled_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Buyout:
    """Goods bought outright (S-133): at what cost, how much of it is sold, how much is not."""

    order_id: UUID
    number: str
    item_id: UUID
    units: int
    cost_minor: int
    sold: int

    @property
    def unsold(self) -> int:
        return self.units - self.sold


@dataclass(frozen=True, slots=True)
class TierDay:
    """Coverage of one market tier on a day (S-151, S-152); `supplied` and `delivering` are stores, of `stores`."""

    day: date
    tier: int
    stores: int
    partners: int
    supplied: int
    delivering: int
    units: int
