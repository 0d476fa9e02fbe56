"""Nouns of returns (退货): what a customer gives back, where the goods went, how the money went back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ReturnState(StrEnum):
    REQUESTED = "requested"  # a person looks at it
    APPROVED = "approved"  # the goods may come
    RECEIVED = "received"  # the goods are here
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by the customer, before the goods came


class ReturnWay(StrEnum):
    STORE = "store"
    PARCEL = "parcel"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """`shelf` of the units are on the shelf of the store that received them, `written_off` are not."""

    line_no: int
    units: int
    shelf: int = 0
    written_off: int = 0


@dataclass(frozen=True, slots=True)
class Return:
    """Two records in one. The goods: `state`, `store_id`, `received_at`, the lines. The money: `amount_minor` is what
    was paid for the units, `back_minor` what was asked to go back by the request `approval_id` (None: nothing yet).
    `exchange_id` is the order that came in place of it."""

    id: UUID
    order_id: UUID
    state: ReturnState
    how: ReturnWay
    reason: str
    amount_minor: int
    currency: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    store_id: UUID | None
    received_by: str
    received_at: datetime | None
    approval_id: UUID | None
    back_minor: int
    exchange_id: UUID | None
    lines: tuple[ReturnLine, ...] = ()
