"""Nouns of closing (结账): up to which business day the books, or a store's days in them, take nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from datong.kernel.errors import Conflict, Problem

KIND_OF_PERIOD = "ledger.period"
"""The kind of request by which two people close or open a period."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Business days up to `closed_until` are closed. `scope`: '' for the whole brand, a store's id for its days.

    `settled`: every transaction that was writing when it closed has ended; until then its entries may still show.
    """

    scope: str
    closed_until: date
    by: str
    at: datetime
    settled: bool

    @property
    def first_open(self) -> date:
        return self.closed_until + timedelta(days=1)


class PeriodClosed(Conflict):
    """A transfer names a business day that is closed. `first_open`: the first day that takes it."""

    code = "period_closed"

    def __init__(self, wanted: date, first_open: date) -> None:
        self.wanted, self.first_open = wanted, first_open
        problem = Problem("business_date", self.code, f"{first_open.isoformat()} or later", wanted.isoformat())
        super().__init__(f"the books are closed on {wanted.isoformat()}; the first open day is {first_open}", problem)
