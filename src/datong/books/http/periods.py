"""Closed periods over HTTP: what is closed, and asking to close or to open again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from datong.access.api import require
from datong.access.types import Scope
from datong.books.http.chart import AskedOut, asked_out
from datong.books.http.common import CSV, Format, Reason, answer, machine
from datong.brand.api import list_stores
from datong.kernel.bodies import Body, Day
from datong.ledger import api as ledger

router = Router(tags=["books"])


class PeriodOut(Schema):
    """Business days up to `closed_until` take nothing more; `store` is empty for the whole brand.

    `settled`: every transaction that was writing when it closed has ended.
    """

    store: str
    closed_until: date
    first_open: date
    by: str
    at: datetime
    settled: bool


class PeriodsOut(Schema):
    periods: list[PeriodOut]


class PeriodsWanted(Schema):
    format: Format | None = None


@router.get(
    "/books/periods", response=PeriodsOut, summary="Closed periods", operation_id="list_periods", openapi_extra=CSV
)
def list_periods(request: HttpRequest, wanted: Query[PeriodsWanted]) -> Any:
    """Up to which day the books of the brand, and the days of its stores, are closed."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    codes = {str(store.id): store.code for store in list_stores(brand)}
    told = [
        {"store": codes.get(scope, scope), "closed_until": gate.closed_until, "first_open": gate.first_open,
         "by": gate.by, "at": gate.at, "settled": gate.settled}
        for scope, gate in sorted(ledger.gates(brand).items())
    ]  # fmt: skip
    return answer(request, wanted.format, {"periods": told}, "periods", "periods")


class PeriodIn(Body):
    """A day before the one the books are closed until asks to open what is after it."""

    until: Day
    reason: Reason


@router.post("/books/periods", response={202: AskedOut, 409: None}, summary="Ask to close", operation_id="ask_period")
def ask_period(request: HttpRequest, wanted: PeriodIn) -> Status[dict[str, Any]]:
    """Ask to close the books up to a business day, or to open them again; a person decides, whoever asks."""
    client = require(request, Scope.BOOKS_WRITE)
    found = ledger.ask_period(client.brand_id, wanted.until, by=machine(client), reason=wanted.reason)
    return Status(202, asked_out(found))
