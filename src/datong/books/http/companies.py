"""Companies' books over HTTP: each beside the brand's own, what they owe each other, the terms of royalties."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from datong.access.api import require
from datong.access.types import Scope
from datong.books import api
from datong.books.http.common import CSV, Days, Format, Reason, answer, by_of
from datong.kernel import clock
from datong.kernel.bodies import NUMBER, Body, Day
from datong.kernel.errors import BadValue
from datong.ledger.api import rulebook

router = Router(tags=["books"])


class CompanyBooksOut(Schema):
    """A company in a period, in one currency; `id` absent is the brand itself. `open_minor`: not entered between
    companies yet, above zero what it is owed. `rate_bp`: royalty in hundredths of a percent.
    """

    id: UUID | None
    name: str
    currency: str
    net_sales_minor: int
    profit_minor: int
    rate_bp: int | None
    open_minor: int


class PairOut(Schema):
    """What `owes` owes `owed` (absent: the brand itself) in the books of both; eliminated, `difference_minor` is 0."""

    owes: UUID | None
    owed: UUID | None
    currency: str
    payable_minor: int
    receivable_minor: int
    difference_minor: int


class CompaniesOut(Schema):
    """`pairs`: what the consolidated books leave out, at the end of `until`."""

    since: date
    until: date
    companies: list[CompanyBooksOut]
    pairs: list[PairOut]


class CompaniesWanted(Days):
    """The last 31 days without `since`."""

    format: Format | None = None


@router.get(
    "/books/companies", response=CompaniesOut, summary="Companies' books", operation_id="list_company_books",
    openapi_extra=CSV,
)  # fmt: skip
def list_company_books(request: HttpRequest, wanted: Query[CompaniesWanted]) -> Any:
    """Sales and profit of every company and of the brand itself, and what they owe each other."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    until = wanted.until or rulebook(brand).business_date(clock.now())
    since = wanted.since or max(until, date.min + timedelta(days=30)) - timedelta(days=30)
    if until < since:
        raise BadValue("until", until.isoformat(), f"{since.isoformat()} or later")
    told = {
        "since": since,
        "until": until,
        "companies": [asdict(each) for each in api.company_books(brand, since, until)],
        "pairs": [
            {**asdict(pair), "difference_minor": pair.difference_minor} for pair in api.company_pairs(brand, until)
        ],
    }
    return answer(request, wanted.format, told, "companies", "companies")


class RoyaltyOut(Schema):
    """From `valid_from` on the company pays `rate_bp` hundredths of a percent of its net sales."""

    company_id: UUID
    valid_from: date
    rate_bp: int
    by: str


class RoyaltiesOut(Schema):
    royalties: list[RoyaltyOut]


class RoyaltiesWanted(Schema):
    format: Format | None = None


@router.get(
    "/books/royalties", response=RoyaltiesOut, summary="Royalties", operation_id="list_royalties", openapi_extra=CSV
)
def list_royalties(request: HttpRequest, wanted: Query[RoyaltiesWanted]) -> Any:
    """The terms of royalties, the newest of each company first."""
    brand = require(request, Scope.LEDGER_READ).brand_id
    return answer(
        request, wanted.format, {"royalties": [asdict(term) for term in api.royalties(brand)]}, "royalties", "royalties"
    )


class RoyaltyIn(Body):
    """`rate_bp` hundredths of a percent of net sales, 0 for none; `valid_from` a business day of a month that is not
    over."""

    rate_bp: Annotated[int, Field(ge=0, le=5_000), NUMBER]
    valid_from: Day
    reason: Reason = ""


@router.put(
    "/books/royalties/{company_id}",
    response={200: RoyaltyOut, 404: None, 409: None},
    summary="Put a royalty",
    operation_id="put_royalty",
)
def put_royalty(request: HttpRequest, company_id: UUID, wanted: RoyaltyIn) -> dict[str, Any]:
    """What a company pays from a day on; earlier terms stay for the days before. The same again changes nothing."""
    client = require(request, Scope.BOOKS_WRITE)
    made = api.put_royalty(
        client.brand_id, company_id, wanted.rate_bp, wanted.valid_from, by=by_of(client), reason=wanted.reason
    )
    return asdict(made)
