"""Partners' statements over HTTP: lines with where they stand, contested and answered."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictBool

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import get_brand
from datong.kernel.bodies import Body, Day
from datong.kernel.errors import BadValue
from datong.kernel.pages import read_cursor, write_cursor
from datong.merchants import api
from datong.merchants.http.common import CSV, Currency, Cursor, Limit, Reason, as_csv, by_of
from datong.merchants.types import DisputeState, EntryKind, Line, LineState

router = Router(tags=["partners"])


class DisputeOut(Schema):
    id: UUID
    state: DisputeState
    reason: str
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


class PartnerLineOut(Schema):
    """One line: above zero the company gets `net_minor`, below zero it pays. `subject_id` is the order, act or top-up;
    `state` where it stands: open, contested, proposed, settled, paid."""

    id: UUID
    day: date
    at: datetime
    kind: EntryKind
    words: str
    net_minor: int
    currency: str
    points: int
    basis_minor: int
    subject_id: UUID
    store_id: UUID | None
    state: LineState
    run_id: UUID | None
    dispute: DisputeOut | None


class KindSumOut(Schema):
    kind: EntryKind
    entries: int
    points: int
    net_minor: int


class PartnerStatementOut(Schema):
    """`opening_minor` + the sums - `settled_minor` = `closing_minor`: what the company gets (below zero: pays)."""

    company_id: UUID
    currency: str
    since: date
    until: date
    opening_minor: int
    sums: list[KindSumOut]
    settled_minor: int
    closing_minor: int
    lines: list[PartnerLineOut]
    next: str | None


class StatementAsked(Schema):
    """Business days, both counted; without them the month so far. `format` csv: the lines as CSV."""

    since: Day | None = None
    until: Day | None = None
    currency: Currency | None = None
    cursor: Cursor = ""
    limit: Limit = 100
    format: Annotated[Literal["json", "csv"], Field()] = "json"


def line_out(line: Line, company_id: UUID | None = None) -> dict[str, Any]:
    entry = line.entry
    turned = company_id is not None and company_id == entry.counter_id
    return {
        "id": entry.id,
        "day": entry.day,
        "at": entry.at,
        "kind": entry.kind,
        "words": entry.words,
        "net_minor": -entry.net_minor if turned else entry.net_minor,
        "currency": entry.currency,
        "points": entry.points,
        "basis_minor": entry.basis_minor,
        "subject_id": entry.subject_id,
        "store_id": entry.store_id,
        "state": line.state,
        "run_id": entry.run_id,
        "dispute": asdict(line.dispute) if line.dispute else None,
    }


@router.get(
    "/partners/{company_id}/statement",
    response={200: PartnerStatementOut, 404: None},
    summary="A partner's statement",
    operation_id="partner_statement",
    openapi_extra=CSV,
)
def partner_statement(request: HttpRequest, company_id: UUID, wanted: Query[StatementAsked]) -> Any:
    """What a company and the brand came to owe each other over business days, line by line."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    api.partner(brand, company_id)
    until = wanted.until or api.today(brand)
    since = wanted.since or until.replace(day=1)
    if since > until:
        raise BadValue("since", since.isoformat(), f"{until.isoformat()} or before")
    currency = wanted.currency or get_brand(brand).currency
    after = read_cursor(wanted.cursor) or UUID(int=0)
    found = api.statement(brand, company_id, currency, since, until, after=after, limit=wanted.limit)
    lines = [line_out(line, company_id) for line in found.lines]
    following = write_cursor(found.next) if found.next else None
    if wanted.format == "csv":
        return as_csv(request, [_flat(line) for line in lines], "statement", following)
    return {**asdict(found), "lines": lines, "next": following}


def _flat(line: dict[str, Any]) -> dict[str, Any]:
    contested = line["dispute"]["state"].value if line["dispute"] else ""
    return {**line, "kind": line["kind"].value, "state": line["state"].value, "dispute": contested}


class OrderSettlement(Schema):
    """Where an order stands between its store's company and the brand, line by line; none when nobody settles it."""

    lines: list[PartnerLineOut]


@router.get(
    "/orders/{order_id}/settlement",
    response={200: OrderSettlement, 404: None},
    summary="Where an order stands in settling",
    operation_id="order_settlement",
)
def order_settlement(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """Commission, points and stored value of an order: open, contested, proposed, settled or paid."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    return {"lines": [line_out(line) for line in api.order_states(brand, [order_id]).get(order_id, [])]}


class Contest(Body):
    reason: Reason


@router.post(
    "/partners/{company_id}/lines/{line_id}/contest",
    response={200: DisputeOut, 404: None, 409: None},
    summary="Contest a line",
    operation_id="contest_line",
)
def contest_line(request: HttpRequest, company_id: UUID, line_id: UUID, wanted: Contest) -> dict[str, Any]:
    """Contest a line of a statement: no settlement takes it until it is answered. The same again is the same."""
    client = require(request, Scope.PARTNERS_WRITE)
    made = api.contest(line_id, brand=client.brand_id, by=by_of(client), reason=wanted.reason, company_id=company_id)
    return asdict(made)


class Answer(Body):
    """`stands`: the line is right. Else it is taken back by a line the other way round."""

    stands: StrictBool
    answer: Reason


@router.post(
    "/partners/disputes/{dispute_id}/answer",
    response={200: DisputeOut, 404: None, 409: None},
    summary="Answer a contested line",
    operation_id="answer_dispute",
)
def answer_dispute(request: HttpRequest, dispute_id: UUID, wanted: Answer) -> dict[str, Any]:
    """Answer a contested line, once. The same again is the same."""
    client = require(request, Scope.PARTNERS_WRITE)
    made = api.answer(dispute_id, brand=client.brand_id, by=by_of(client), stands=wanted.stands, words=wanted.answer)
    return asdict(made)
