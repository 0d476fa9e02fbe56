"""The hour at which the business day ends, over HTTP: read it, set it for the brand or a store from a day on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from datong.access.api import require
from datong.access.types import Scope
from datong.books.http.common import CSV, Format, Reason, StoreCode, answer, by_of, store_of
from datong.brand.api import list_stores
from datong.kernel.bodies import NUMBER, Body, Day
from datong.ledger import api as ledger
from datong.ledger.types import LATEST, DayEnd

router = Router(tags=["books"])
Hour = Annotated[int, Field(ge=0, le=LATEST), NUMBER]


class DayEndOut(Schema):
    """`store` is empty for the brand. `hour` 0 is midnight; absent: the store is as the brand from that day on. `zone`
    is the clock it goes by, empty for the brand's."""

    store: str
    hour: int | None
    zone: str
    valid_from: date
    by: str


class DayEndsOut(Schema):
    """The newest first; without a word of the brand its day ends at midnight. `first_day`: the first that may be set
    for the brand."""

    day_ends: list[DayEndOut]
    first_day: date


class DayEndsWanted(Schema):
    format: Format | None = None


def _out(end: DayEnd, codes: dict[Any, str]) -> dict[str, Any]:
    code = codes.get(end.store_id, str(end.store_id)) if end.store_id else ""
    return {"store": code, "hour": end.hour, "zone": end.zone, "valid_from": end.valid_from, "by": end.by}


@router.get(
    "/books/day-ends",
    response=DayEndsOut,
    summary="When the business day ends",
    operation_id="list_day_ends",
    openapi_extra=CSV,
)
def list_day_ends(request: HttpRequest, wanted: Query[DayEndsWanted]) -> Any:
    """The hour at which the business day ends or ended, of the brand and of stores with an hour of their own."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    codes = {store.id: store.code for store in list_stores(brand)}
    told = {"day_ends": [_out(end, codes) for end in ledger.day_ends(brand)], "first_day": ledger.first_day_of(brand)}
    return answer(request, wanted.format, told, "day_ends", "day-ends")


class DayEndIn(Body):
    """`store` empty: the brand. `hour` of the morning after, 0 is midnight; absent: the store is as the brand again."""

    store: StoreCode = ""
    hour: Hour | None = None
    valid_from: Day
    reason: Reason = ""


@router.post(
    "/books/day-ends",
    response={200: DayEndOut, 404: None, 409: None},
    summary="Set when the business day ends",
    operation_id="put_day_end",
)
def put_day_end(request: HttpRequest, wanted: DayEndIn) -> dict[str, Any]:
    """Set the hour from a day that has not begun; nothing posted and no closed day moves. The same again changes
    nothing."""
    client = require(request, Scope.BOOKS_WRITE)
    brand = client.brand_id
    store = store_of(brand, wanted.store) if wanted.store else None
    made = ledger.put_day_end(
        brand, wanted.hour, wanted.valid_from, by=by_of(client), store_id=store, reason=wanted.reason
    )
    return _out(made, {store: wanted.store})
