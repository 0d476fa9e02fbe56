"""A store's business day over HTTP: count the cash, close, match providers, lock, ask to open again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.books import api
from datong.books.http.chart import AskedOut, asked_out
from datong.books.http.common import CSV, Format, Note, Reason, StoreCode, answer, by_of, machine, store_of
from datong.books.types import Day as StoreDay
from datong.books.types import DayState
from datong.brand.api import list_stores
from datong.kernel import clock
from datong.kernel.bodies import NUMBER, STORABLE, Body, Day
from datong.kernel.errors import NotFound
from datong.kernel.money import MAX_MINOR
from datong.ledger.api import rulebook

router = Router(tags=["books"])
BACK = timedelta(days=31)
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR), NUMBER]
Figure = Annotated[int, Field(ge=-MAX_MINOR, le=MAX_MINOR), NUMBER]
Face = Annotated[str, StringConstraints(pattern="^[1-9][0-9]{0,9}$")]
Pieces = Annotated[int, Field(ge=0, le=100_000), NUMBER]
Account = Annotated[str, StringConstraints(min_length=1, max_length=120), STORABLE]


class StoreDayOut(Schema):
    """Minor units of the brand's currency. `difference_minor`: counted less expected; `pieces` by face value."""

    store: str
    day: date
    state: DayState
    currency: str
    expected_minor: int
    counted_minor: int
    difference_minor: int
    deposit_minor: int
    pieces: dict[str, int]
    note: str
    counted_by: str
    counted_at: datetime | None
    closed_by: str
    closed_at: datetime | None
    locked_by: str
    locked_at: datetime | None


class StoreDaysOut(Schema):
    """The newest first; only days that were counted at least."""

    days: list[StoreDayOut]


class StoreDaysWanted(Schema):
    """The last 31 days without `since`; at most 2,000 rows."""

    since: Day | None = None
    store: StoreCode = ""
    format: Format | None = None


@router.get(
    "/books/days",
    response={200: StoreDaysOut, 404: None},
    summary="Days of the stores",
    operation_id="list_store_days",
    openapi_extra=CSV,
)
def list_store_days(request: HttpRequest, wanted: Query[StoreDaysWanted]) -> Any:
    """Business days of a store, or of all, with what was counted and how far each is."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    since = wanted.since or rulebook(brand).business_date(clock.now()) - BACK
    stores = [store_of(brand, wanted.store)] if wanted.store else None
    codes = {store.id: store.code for store in list_stores(brand)}
    told = [day_out(day, codes.get(day.store_id, "")) for day in api.days_of(brand, since, stores)]
    return answer(request, wanted.format, {"days": told}, "days", "days")


def day_out(day: StoreDay, store: str) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(day).items() if name not in ("store_id", "pieces")}
    pieces = {str(face): count for face, count in day.pieces.items()}
    return {"store": store, **plain, "difference_minor": day.difference_minor, "pieces": pieces}


@router.get(
    "/books/days/{store}/{day}",
    response={200: StoreDayOut, 404: None},
    summary="A store's day",
    operation_id="get_store_day",
)
def get_store_day(request: HttpRequest, store: str, day: Day) -> dict[str, Any]:
    """One day; an open one with the cash that the books expect now."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    return day_out(api.day_of(brand, store_of(brand, store), day), store)


class CountIn(Body):
    """`pieces`: face value in minor units -> how many were counted."""

    pieces: Annotated[dict[Face, Pieces], Field(max_length=40)]
    note: Note = ""


@router.post(
    "/books/days/{store}/{day}/count",
    response={200: StoreDayOut, 404: None, 409: None},
    summary="Count the cash",
    operation_id="count_store_cash",
)
def count_store_cash(request: HttpRequest, store: str, day: Day, wanted: CountIn) -> dict[str, Any]:
    """Write down what is in the store; again as long as the day is not closed."""
    client = require(request, Scope.BOOKS_WRITE)
    pieces = {int(face): count for face, count in wanted.pieces.items()}
    found = api.count_cash(
        client.brand_id, store_of(client.brand_id, store), day, pieces, by=by_of(client), note=wanted.note
    )
    return day_out(found, store)


class CloseIn(Body):
    """`deposit_minor`: what goes to the bank; the rest stays for the next day."""

    deposit_minor: Minor = 0


@router.post(
    "/books/days/{store}/{day}/close",
    response={200: StoreDayOut, 404: None, 409: None},
    summary="Close the day",
    operation_id="close_store_day",
)
def close_store_day(request: HttpRequest, store: str, day: Day, wanted: CloseIn) -> dict[str, Any]:
    """Post the difference and the deposit; the day takes nothing more. Twice is once."""
    client = require(request, Scope.BOOKS_WRITE)
    at = store_of(client.brand_id, store)
    return day_out(api.close_day(client.brand_id, at, day, deposit_minor=wanted.deposit_minor, by=by_of(client)), store)


@router.post(
    "/books/days/{store}/{day}/lock",
    response={200: StoreDayOut, 404: None, 409: None},
    summary="Lock the day",
    operation_id="lock_store_day",
)
def lock_store_day(request: HttpRequest, store: str, day: Day) -> dict[str, Any]:
    """Lock a closed day once every provider the store had entries with was matched; 409 names who is not."""
    client = require(request, Scope.BOOKS_WRITE)
    return day_out(api.lock_day(client.brand_id, store_of(client.brand_id, store), day, by=by_of(client)), store)


class WhyIn(Body):
    reason: Reason


@router.post(
    "/books/days/{store}/{day}/reopen",
    response={202: AskedOut, 404: None, 409: None},
    summary="Ask to open the day again",
    operation_id="reopen_store_day",
)
def reopen_store_day(request: HttpRequest, store: str, day: Day, wanted: WhyIn) -> Status[dict[str, Any]]:
    """Ask that a closed day and those after it are open again; a person decides, whoever asks."""
    client = require(request, Scope.BOOKS_WRITE)
    at = store_of(client.brand_id, store)
    return Status(202, asked_out(api.ask_reopen(client.brand_id, at, day, by=machine(client), reason=wanted.reason)))


class FigureOut(Schema):
    """What a provider or platform did on a day by our books and by its own; `theirs_minor` absent: not matched."""

    account: str
    ours_minor: int
    theirs_minor: int | None
    difference_minor: int | None
    by: str
    reason: str


class FiguresOut(Schema):
    figures: list[FigureOut]


class FiguresWanted(Schema):
    store: StoreCode = ""
    format: Format | None = None


@router.get(
    "/books/figures/{day}",
    response={200: FiguresOut, 404: None},
    summary="Figures of the providers",
    operation_id="list_provider_figures",
    openapi_extra=CSV,
)
def list_provider_figures(request: HttpRequest, day: Day, wanted: Query[FiguresWanted]) -> Any:
    """Every provider and platform with entries on a day (`store`: at that store), and whether it was matched."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    return answer(request, wanted.format, {"figures": _figures(brand, day, wanted.store)}, "figures", "figures")


class FigureIn(Body):
    """`theirs_minor`: payments less refunds of all stores, as the provider says; another than ours needs a `reason`."""

    account: Account
    theirs_minor: Figure
    reason: Note = ""


@router.post(
    "/books/figures/{day}",
    response={200: FiguresOut, 404: None, 409: None},
    summary="Match a provider's day",
    operation_id="match_provider_figure",
)
def match_provider_figure(request: HttpRequest, day: Day, wanted: FigureIn) -> dict[str, Any]:
    """Lay a provider's own figure of a day beside ours; the newest counts."""
    client = require(request, Scope.BOOKS_WRITE)
    if wanted.account not in {each.account for each in api.provider_figures(client.brand_id, day)}:
        raise NotFound(f"{wanted.account} has no entries on {day.isoformat()}")
    api.match_provider(
        client.brand_id, day, wanted.account, wanted.theirs_minor, by=by_of(client), reason=wanted.reason
    )
    return {"figures": _figures(client.brand_id, day, "")}


def _figures(brand: UUID, day: date, store: str) -> list[dict[str, Any]]:
    at = store_of(brand, store) if store else None
    return [
        {**asdict(each), "difference_minor": None if each.theirs_minor is None else each.difference_minor}
        for each in api.provider_figures(brand, day, store_id=at)
    ]
