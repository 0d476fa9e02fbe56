"""Settlements over HTTP: propose, look, the list for the bank, paid, undone. A person agrees in the console."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import get_brand
from datong.kernel.bodies import READABLE, Body, Day
from datong.kernel.pages import read_cursor, write_cursor
from datong.merchants import api
from datong.merchants.http.common import Currency, Cursor, Key, PartnerAskedOut, asked_out, by_of, machine
from datong.merchants.types import Run, SettlementState

router = Router(tags=["partners"])


class RunItemOut(Schema):
    """`net_minor` is what the company is paid; below zero it pays. `counter_id` null is the brand."""

    company_id: UUID
    counter_id: UUID | None
    entries: int
    owes_minor: int
    gets_minor: int
    net_minor: int
    bank: str


class SettlementOut(Schema):
    id: UUID
    until: date
    currency: str
    state: SettlementState
    by: str
    at: datetime
    approved_by: str
    posted_at: datetime | None
    paid_on: date | None
    paid_ref: str
    reason: str
    items: list[RunItemOut]


class SettlementList(Schema):
    """The newest first."""

    settlements: list[SettlementOut]
    next: str | None


class ProposedOut(Schema):
    settlement: SettlementOut
    approval: PartnerAskedOut


def run_out(run: Run) -> dict[str, Any]:
    items = [{**asdict(item), "net_minor": item.net_minor} for item in run.items]
    return {**asdict(run), "items": items}


class Wanted(Schema):
    cursor: Cursor = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/settlements", response=SettlementList, summary="Settlements", operation_id="list_settlements")
def list_settlements(request: HttpRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """What was settled between companies and the brand, or waits for its second person."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    found = api.runs(brand, before=read_cursor(wanted.cursor), limit=wanted.limit)
    more = len(found) == wanted.limit
    return {"settlements": [run_out(run) for run in found], "next": write_cursor(found[-1].id) if more else None}


class Propose(Body):
    """Everything open up to this business day; `companies`: only theirs."""

    until: Day
    currency: Currency | None = None
    companies: Annotated[list[UUID], Field(min_length=1, max_length=200)] | None = None


@router.post(
    "/settlements",
    response={200: ProposedOut, 404: None, 409: None},
    summary="Propose a settlement",
    operation_id="propose_settlement",
)
def propose_settlement(request: HttpRequest, wanted: Propose, idempotency_key: Key = "") -> dict[str, Any]:
    """Put everything open into a settlement and ask a second person for it; 404 `nothing_open` when nothing is."""
    client = require(request, Scope.PARTNERS_WRITE)
    currency = wanted.currency or get_brand(client.brand_id).currency
    key = f"{client.id} {idempotency_key}"[:200] if idempotency_key else ""
    made, asked = api.propose_run(
        wanted.until, currency, brand=client.brand_id, by=machine(client), companies=wanted.companies, key=key
    )
    return {"settlement": run_out(made), "approval": asked_out(asked)}


@router.get(
    "/settlements/{settlement_id}",
    response={200: SettlementOut, 404: None},
    summary="A settlement",
    operation_id="get_settlement",
)
def get_settlement(request: HttpRequest, settlement_id: UUID) -> dict[str, Any]:
    """A settlement as it stands, with what it comes to for each company."""
    return run_out(api.run(require(request, Scope.PARTNERS_READ).brand_id, settlement_id))


class SubmittedOut(Schema):
    """`approval` null: it was proposed before."""

    settlement: SettlementOut
    approval: PartnerAskedOut | None


@router.post(
    "/settlements/{settlement_id}/submit",
    response={200: SubmittedOut, 404: None, 409: None},
    summary="Send a draft for approval",
    operation_id="submit_settlement",
)
def submit_settlement(request: HttpRequest, settlement_id: UUID) -> dict[str, Any]:
    """A draft that was made when the period was over was checked: a second person is asked for it. Twice is once."""
    client = require(request, Scope.PARTNERS_WRITE)
    made, asked = api.submit_run(settlement_id, brand=client.brand_id, by=machine(client))
    return {"settlement": run_out(made), "approval": asked_out(asked) if asked else None}


class DropSettlementIn(Body):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200), READABLE]


@router.post(
    "/settlements/{settlement_id}/drop",
    response={200: SettlementOut, 404: None, 409: None},
    summary="Drop a draft",
    operation_id="drop_settlement",
)
def drop_settlement(request: HttpRequest, settlement_id: UUID, wanted: DropSettlementIn) -> dict[str, Any]:
    """Nothing is settled for this period: its lines are open again and in the next one. Twice is once."""
    client = require(request, Scope.PARTNERS_WRITE)
    return run_out(api.drop_run(settlement_id, brand=client.brand_id, by=by_of(client), reason=wanted.reason))


class Paid(Body):
    """`ref`: the bank's number of the payment."""

    paid_on: Day
    ref: Annotated[str, StringConstraints(min_length=1, max_length=120), READABLE]


@router.post(
    "/settlements/{settlement_id}/paid",
    response={200: SettlementOut, 404: None, 409: None},
    summary="Mark a settlement paid",
    operation_id="pay_settlement",
)
def pay_settlement(request: HttpRequest, settlement_id: UUID, wanted: Paid) -> dict[str, Any]:
    """The bank has carried it out: it stands from now on. The same again changes nothing."""
    client = require(request, Scope.PARTNERS_WRITE)
    return run_out(api.mark_paid(settlement_id, wanted.paid_on, wanted.ref, brand=client.brand_id, by=by_of(client)))


class Undo(Body):
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200), READABLE]


@router.post(
    "/settlements/{settlement_id}/undo",
    response={200: SettlementOut, 404: None, 409: None},
    summary="Undo a settlement",
    operation_id="undo_settlement",
)
def undo_settlement(request: HttpRequest, settlement_id: UUID, wanted: Undo) -> dict[str, Any]:
    """Take a settlement back that was not paid yet: its lines are open again. The same again changes nothing."""
    client = require(request, Scope.PARTNERS_WRITE)
    return run_out(api.undo_run(settlement_id, brand=client.brand_id, by=by_of(client), reason=wanted.reason))
