"""Settlement runs (结算): what each company owes or gets up to a day, decided by two people and posted once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from datong.kernel.errors import Conflict

KIND_OF_RUN = "partner.settlement"
"""The kind of request by which two people decide a settlement."""


class SettlementState(StrEnum):
    DRAFT = "draft"  # 待核对: made when the period was over; a person looks before two decide
    PROPOSED = "proposed"
    POSTED = "posted"
    PAID = "paid"
    REFUSED = "refused"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class RunItem:
    """What a settlement comes to between a company and `counter_id` (None: the brand)."""

    company_id: UUID
    counter_id: UUID | None
    entries: int
    owes_minor: int
    gets_minor: int
    bank: str = ""

    @property
    def net_minor(self) -> int:
        """What the company is paid; below zero it pays."""
        return self.gets_minor - self.owes_minor


@dataclass(frozen=True, slots=True)
class Run:
    """A settlement of everything open up to `until`, contested lines left out."""

    id: UUID
    until: date
    currency: str
    state: SettlementState
    by: str
    at: datetime
    approved_by: str = ""
    posted_at: datetime | None = None
    paid_on: date | None = None
    paid_ref: str = ""
    paid_by: str = ""
    reason: str = ""
    items: tuple[RunItem, ...] = ()


class RunRefused(Conflict):
    """The settlement is not in a state for this."""

    code = "settlement_state"
