"""Cases over HTTP: opened by any door, read, written to, done; the measures by channel."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Scope
from datong.kernel import clock
from datong.kernel.bodies import READABLE, STORABLE, Body
from datong.kernel.pages import CURSOR
from datong.service import api
from datong.service.types import CaseFilter, CaseState, CaseStepKind, CaseView, NewCase, Outcome, Phase

router = Router(tags=["service"])
Key = Annotated[str, Header(max_length=150)]
Word = Annotated[str, StringConstraints(max_length=40), STORABLE]
Long = Annotated[str, StringConstraints(max_length=2000), STORABLE]
GONE: dict[int, None] = {404: None, 409: None}


class NewCaseIn(Body):
    """`reason` is of the brand's list. `text` is what the customer said. Without a phase it is the reason's."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200), READABLE]
    phase: Phase | None = None
    text: Long = ""
    customer_id: UUID | None = None
    order_ids: Annotated[list[UUID], Field(max_length=20)] = []


class CaseOut(Schema):
    """`given_minor`: what was given as compensation in all, in `currency`."""

    id: UUID
    number: str
    reason: str
    phase: Phase
    subject: str
    state: CaseState
    channel_id: UUID | None
    customer_id: UUID | None
    store_id: UUID | None
    company_id: UUID | None
    team: str
    agent: str
    opened_at: datetime
    opened_by: str
    due_at: datetime
    answered_at: datetime | None
    closed_at: datetime | None
    outcome: str
    given_minor: int
    currency: str


class CaseStepOut(Schema):
    """`shown`: the customer reads it."""

    id: UUID
    kind: CaseStepKind
    who: str
    text: str
    shown: bool
    state: str
    amount_minor: int
    at: datetime


class CaseWhole(CaseOut):
    order_ids: list[UUID]
    steps: list[CaseStepOut]


class CasesOut(Schema):
    cases: list[CaseOut]
    next: str


class CaseQuery(Schema):
    """`live`: what is not done, due first; otherwise all, the newest first."""

    live: bool = True
    state: CaseState | None = None
    team: Word = ""
    reason: Word = ""
    order_id: UUID | None = None
    customer_id: UUID | None = None
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


def by_of(client: Client) -> str:
    return f"client {client.name}"[:120]


def whole(view: CaseView) -> dict[str, Any]:
    steps = [asdict(each) for each in view.steps]
    return {**asdict(view.case), "order_ids": list(view.order_ids), "steps": steps}


@router.get("/cases", response=CasesOut, summary="Cases", operation_id="list_cases")
def list_cases(request: HttpRequest, asked: Query[CaseQuery]) -> dict[str, Any]:
    """The queue of service from all stores and channels."""
    brand = require(request, Scope.SERVICE_READ).brand_id
    wanted = CaseFilter(
        live=asked.live,
        state=asked.state or "",
        team=asked.team,
        reason=asked.reason,
        order_id=asked.order_id,
        customers=(asked.customer_id,) if asked.customer_id else None,
    )
    found = api.list_cases(brand, wanted, cursor=asked.cursor, limit=asked.limit)
    return {"cases": [asdict(each) for each in found.cases], "next": found.next}


@router.post("/cases", response={201: CaseWhole, **GONE}, summary="Open a case", operation_id="open_case")
def open_case(request: HttpRequest, wanted: NewCaseIn, idempotency_key: Key = "") -> Status:
    """Open a case that came by the client's channel. The same `Idempotency-Key` again is the same case."""
    client = require(request, Scope.SERVICE_WRITE)
    given = wanted.model_dump() | {"order_ids": tuple(wanted.order_ids)}
    new = NewCase(**given, channel_id=client.channel_id, said=bool(wanted.text))
    key = f"{client.id} {idempotency_key}" if idempotency_key else ""
    return Status(201, whole(api.open_case(new, brand=client.brand_id, by=by_of(client), key=key)))


@router.get("/cases/{case_id}", response={200: CaseWhole, 404: None}, summary="A case", operation_id="get_case")
def get_case(request: HttpRequest, case_id: UUID) -> dict[str, Any]:
    """A case with its orders and what happened, the oldest first."""
    return whole(api.get_case(require(request, Scope.SERVICE_READ).brand_id, case_id))


class CaseStepIn(Body):
    """`answer`: what the customer was told; `said`: what the customer said; `note`: for colleagues."""

    kind: CaseStepKind
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000), READABLE]


@router.post(
    "/cases/{case_id}/steps", response={200: CaseWhole, **GONE}, summary="Write to a case", operation_id="add_case_step"
)
def add_case_step(request: HttpRequest, case_id: UUID, wanted: CaseStepIn, idempotency_key: Key = "") -> dict[str, Any]:
    """What the customer says opens a case again that was waiting or done."""
    client = require(request, Scope.SERVICE_WRITE)
    key = f"{client.id} {idempotency_key}" if idempotency_key else ""
    view = api.add_step(case_id, wanted.kind, wanted.text, brand=client.brand_id, by=by_of(client), key=key)
    return whole(view)


class CaseStateIn(Body):
    """`outcome` when it is done, and only then."""

    state: CaseState
    why: Annotated[str, StringConstraints(min_length=1, max_length=2000), READABLE]
    outcome: Outcome | None = None


@router.put(
    "/cases/{case_id}/state",
    response={200: CaseWhole, **GONE},
    summary="Wait, be done, open again",
    operation_id="set_case_state",
)
def set_case_state(request: HttpRequest, case_id: UUID, wanted: CaseStateIn) -> dict[str, Any]:
    """The state it has already changes nothing; 409 `done` for another outcome of a case that is done."""
    client = require(request, Scope.SERVICE_WRITE)
    state, by = wanted.state, by_of(client)
    view = api.set_state(case_id, state, brand=client.brand_id, by=by, why=wanted.why, outcome=wanted.outcome)
    return whole(view)


class CaseMeasureOut(Schema):
    """`differs`: what is far from the other channels' for the same reason: answer, closing, outcome, compensation."""

    reason: str
    channel_id: UUID | None
    cases: int
    answered: int
    answer_minutes: int | None
    close_minutes: int | None
    done: int
    solved: int
    given: int
    given_minor: int
    currency: str
    differs: list[str]


class MeasureQuery(Schema):
    days: Annotated[int, Field(ge=1, le=400)] = 30


@router.get(
    "/cases-measures",
    response=list[CaseMeasureOut],
    summary="What customers got, by channel",
    operation_id="get_case_measures",
)
def get_case_measures(request: HttpRequest, asked: Query[MeasureQuery]) -> list[dict[str, Any]]:
    """Of the last `days`, by reason and channel: median minutes to answer and end, outcomes, compensation."""
    brand = require(request, Scope.SERVICE_READ).brand_id
    now = clock.now()
    return [asdict(each) for each in api.measures(brand, now - timedelta(days=asked.days), now)]
