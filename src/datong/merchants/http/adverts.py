"""Adverts over HTTP: sold, ended, shown, their views counted, what they come to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body, Day, Moment
from datong.kernel.money import MAX_MINOR
from datong.merchants import api
from datong.merchants.http.common import Currency, Key, by_of
from datong.merchants.types.adverts import Advert, AdvertBasis, AdvertReport, AdvertState, View

router = Router(tags=["partners"])

Minor = Annotated[int, Field(ge=1, le=MAX_MINOR), NUMBER]
Word = Annotated[str, StringConstraints(pattern="^[a-z0-9][a-z0-9_-]{0,59}$")]
GONE: dict[int, None] = {404: None, 409: None}


class AdvertIn(Body):
    """A slot (`place` of `channel`) sold to a company from the business day `since` to `until`, both included.

    `price_minor` is for a thousand views, or for a day; it never costs more than `cap_minor`."""

    company_id: UUID
    code: Word
    title: Annotated[str, StringConstraints(min_length=1, max_length=60), READABLE]
    channel: Word
    place: Word
    text: Annotated[str, StringConstraints(min_length=1, max_length=300), READABLE]
    link: Annotated[str, StringConstraints(min_length=9, max_length=500), STORABLE]
    language: Annotated[str, StringConstraints(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=40)] = "en"
    since: Day
    until: Day
    basis: AdvertBasis = AdvertBasis.VIEWS
    price_minor: Minor
    currency: Currency
    cap_minor: Minor | None = None


class AdvertOut(Schema):
    """`earned_minor`: what it comes to so far; `charged_minor`: what of it was charged, up to the day
    `charged_through`."""

    id: UUID
    company_id: UUID
    code: str
    title: str
    channel: str
    place: str
    text: str
    link: str
    language: str
    since: date
    until: date
    ended_on: date | None
    basis: AdvertBasis
    price_minor: int
    currency: str
    cap_minor: int | None
    state: AdvertState
    views: int
    earned_minor: int
    charged_minor: int
    charged_through: date


class AdvertPage(Schema):
    adverts: list[AdvertOut]
    next: UUID | None


def report_out(report: AdvertReport) -> dict[str, Any]:
    names = ("state", "views", "earned_minor", "charged_minor", "charged_through")
    return {**asdict(report.advert), **{name: getattr(report, name) for name in names}}


class AdvertQuery(Schema):
    channel: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    company_id: UUID | None = None
    shown: bool = False
    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/adverts", response=AdvertPage, summary="Adverts of partners", operation_id="list_adverts")
def list_adverts(request: HttpRequest, asked: Query[AdvertQuery]) -> dict[str, Any]:
    """Adverts, the newest first, with views and charges. `shown`: what a door shows now (at most 200, no pages);
    `before` is the `next` of the page before."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    limit = 200 if asked.shown else asked.limit
    companies = [asked.company_id] if asked.company_id else None
    found = api.advert_reports(
        brand, companies=companies, channel=asked.channel, shown=asked.shown, before=asked.before, limit=limit
    )
    following = found[-1].advert.id if len(found) == limit and not asked.shown else None
    return {"adverts": [report_out(each) for each in found], "next": following}


@router.put(
    "/adverts/{advert_id}",
    response={200: AdvertOut, **GONE},
    summary="Sell an advert",
    operation_id="put_advert",
)
def put_advert(request: HttpRequest, advert_id: UUID, wanted: AdvertIn) -> dict[str, Any]:
    """`advert_id` is a UUIDv7 of the caller; the same again is the same. From its first day on only what is shown, the
    last day and the cap change. 409 `used_code`, `begun`."""
    client = require(request, Scope.PARTNERS_WRITE)
    advert = Advert(advert_id, **wanted.model_dump())
    return report_out(api.put_advert(advert, brand=client.brand_id, by=by_of(client)))


class EndAdvertIn(Body):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=300), READABLE]


@router.post(
    "/adverts/{advert_id}/end",
    response={200: AdvertOut, **GONE},
    summary="Take an advert off",
    operation_id="end_advert",
)
def end_advert(request: HttpRequest, advert_id: UUID, wanted: EndAdvertIn) -> dict[str, Any]:
    """Today is its last day; again changes nothing."""
    client = require(request, Scope.PARTNERS_WRITE)
    return report_out(api.end_advert(advert_id, brand=client.brand_id, by=by_of(client), reason=wanted.reason))


class ViewIn(Body):
    """`visitor`: any text that is the same for one browser or device, and not a person's name or number."""

    code: Word
    at: Moment
    visitor: Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]


class ViewsIn(Body):
    views: Annotated[list[ViewIn], Field(min_length=1, max_length=1_000)]


class CountedOut(Schema):
    """`counted` are new; `again`: seen by that visitor within that hour; `late`: older than a day or of the future;
    `unknown`: of no advert that was on show then."""

    counted: int
    again: int
    late: int
    unknown: int


@router.post(
    "/advert-views",
    response={200: CountedOut, 409: None},
    summary="Count views of adverts",
    operation_id="count_advert_views",
)
def count_advert_views(request: HttpRequest, wanted: ViewsIn, idempotency_key: Key) -> dict[str, Any]:
    """One view of a visitor, advert and hour counts once. Of the visitor a hash that differs every day is kept for a
    day, nothing else. The same Idempotency-Key again is the same answer."""
    client = require(request, Scope.PARTNERS_WRITE)
    key = f"{client.id} {idempotency_key}"[:200] if idempotency_key else ""
    views = [View(view.code, view.at, view.visitor) for view in wanted.views]
    return asdict(api.count_views(views, brand=client.brand_id, key=key))


class AdvertDayOut(Schema):
    day: date
    views: int
    charged_minor: int


class AdvertDayList(Schema):
    advert: AdvertOut
    days: list[AdvertDayOut]


class AdvertDayQuery(Schema):
    before: date | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get(
    "/adverts/{advert_id}/days",
    response={200: AdvertDayList, 404: None},
    summary="An advert day by day",
    operation_id="advert_days",
)
def advert_days(request: HttpRequest, advert_id: UUID, asked: Query[AdvertDayQuery]) -> dict[str, Any]:
    """Business days with views or charges, the last first; `before` is the last day of the page before."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    report = api.advert_report(brand, advert_id)
    days = api.advert_days(brand, advert_id, before=asked.before, limit=asked.limit)
    return {"advert": report_out(report), "days": [asdict(day) for day in days]}
