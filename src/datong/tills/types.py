"""Nouns of tills (收银台): the device, what it tells (facts), and what it is told (the snapshot)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from datong.kernel.errors import Problem
from datong.payments.types import PaymentMethod

MAX_FACTS = 200
MAX_FACT_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Device:
    """A till: a browser on a device of a store, with a key of its own. `id` is that of its API client."""

    id: UUID
    store_id: UUID
    channel_id: UUID
    name: str
    created_at: datetime
    created_by: str
    seen_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A till just made. `key` is told this once: only its hash is kept."""

    device: Device
    key: str


class FactKind(StrEnum):
    SALE = "sale"
    RETURN = "return"
    OPENED = "shift_opened"
    CASH = "cash"  # paid in, paid out, to the safe
    CLOSED = "shift_closed"
    HANDED = "handed_over"  # an order that was fetched at the counter


class FactState(StrEnum):
    """Where a fact stands. Whatever it is, the server has it: the till may forget it."""

    RECEIVED = "received"
    TAKEN = "taken"
    REFUSED = "refused"  # somebody must look
    CLOSED = "closed"  # refused, and somebody has looked


@dataclass(frozen=True, slots=True)
class Fact:
    """What happened at a till. `id` was minted there. `at` is the till's time put right by how far its clock was off.

    `shift_id` is the shift it belongs to, if there was one; `body` depends on the kind (`rules/facts.py`).
    """

    id: UUID
    kind: FactKind
    at: datetime
    by: str
    shift_id: UUID | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """A fact as it is kept. `inbox_id` is where a sale that was refused can be corrected."""

    id: UUID
    device_id: UUID
    store_id: UUID
    kind: FactKind
    state: FactState
    at: datetime
    said_at: datetime
    by: str
    received_at: datetime
    order_id: UUID | None = None
    number: str = ""
    inbox_id: UUID | None = None
    problems: tuple[Problem, ...] = ()
    note: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    shift_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """The answer to one fact; `repeat`: it had been taken or refused before, and this is what was said then."""

    id: UUID
    state: FactState
    repeat: bool
    order_id: UUID | None = None
    number: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Off:
    """A promotion that a till can reckon without us: so many hundredths of a percent off, or a unit at most so much."""

    code: str
    title: str
    bps: int = 0
    most_minor: int | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    title: str
    titles: Mapping[str, str]
    delta_minor: int
    most: int


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of which at least `least` and at most `most` are taken."""

    code: str
    title: str
    titles: Mapping[str, str]
    least: int
    most: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Sellable:
    """What a till must know of a SKU.

    `tax_ppm` is the rate at this store; goods that are taxed alike have the same `tax`. `free`: units on the shelf, a
    hint (None: nothing lies on a shelf). `codes`: barcode -> units it stands for.
    """

    sku: str
    title: str
    titles: Mapping[str, str]
    codes: Mapping[str, int]
    category: str
    unit_minor: int
    tax_ppm: int
    tax: str
    free: int | None
    off: Off | None = None
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a store sells through a channel, and how its prices are taxed."""

    items: tuple[Sellable, ...]
    tax_inclusive: bool = True
    tax_by_line: bool = True


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a till sells and how, as of `version`.

    `since` '' is all of it; else what changed after that version, and the SKUs that are `gone`.
    """

    version: str
    since: str
    at: datetime
    currency: str
    exponent: int
    tax_inclusive: bool
    tax_by_line: bool
    items: tuple[Sellable, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AskedLine:
    sku: str
    units: int
    options: tuple[str, ...] = ()


KIND_OF_DISCOUNT = "till.discount"
"""The kind of request by which a manager allows more than what somebody may take off alone."""

AT_COUNTER = frozenset({PaymentMethod.TILL, PaymentMethod.PAY_AT_STORE, PaymentMethod.CASH_ON_DELIVERY})
"""How orders are paid whose money comes to a store: it may go back in cash."""
