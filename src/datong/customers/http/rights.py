"""People's own data over HTTP: a copy, an erasure that two people decide, who looked."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Machine, Scope
from datong.customers import api
from datong.customers.http.people import Reason, router
from datong.customers.types import Asked, RequestState
from datong.kernel.bodies import Body
from datong.kernel.pages import CURSOR, read_cursor, write_cursor


class Wish(Body):
    """Why: who asked, and how it was seen that it was them."""

    reason: Reason


class KeptAboutOut(Schema):
    """Everything held of the person: `held` is module -> what it keeps, as it is stored."""

    request: UUID
    made_at: datetime
    person: UUID
    held: dict[str, Any]


@router.post(
    "/customers/{customer_id}/export",
    response={200: KeptAboutOut, 404: None, 409: None},
    summary="A copy of everything held",
    operation_id="export_customer",
)
def export_customer(request: HttpRequest, customer_id: UUID, wish: Wish) -> dict[str, Any]:
    """Hand out what every part of the system keeps of a person; that it was given is recorded with the reason."""
    client = require(request, Scope.CUSTOMERS_DATA)
    return api.export_person(customer_id, brand=client.brand_id, by=_by(client), reason=wish.reason)


class DataRequestOut(Schema):
    """What somebody asked about their data; `counts` are the rows changed, by module, once it is done."""

    id: UUID
    customer_id: UUID
    what: Asked
    reason: str
    asked_by: str
    at: datetime
    due: date
    state: RequestState
    approval_id: UUID | None
    decided_by: str
    done_at: datetime | None
    note: str
    counts: dict[str, int]


@router.post(
    "/customers/{customer_id}/erasure",
    response={200: DataRequestOut, 404: None, 409: None},
    summary="Ask for an erasure",
    operation_id="erase_customer",
)
def erase_customer(request: HttpRequest, customer_id: UUID, wish: Wish) -> dict[str, Any]:
    """Ask that a person is erased. Somebody of finance or head office decides; then it is carried out and is final.

    409 says what stands against it: orders under way, money left.
    """
    client = require(request, Scope.CUSTOMERS_DATA)
    by = Machine(client.id, client.brand_id, _by(client))
    return asdict(api.ask_erasure(customer_id, brand=client.brand_id, by=by, reason=wish.reason))


class DataRequestList(Schema):
    requests: list[DataRequestOut]
    next: str | None = None


class RequestFilter(Schema):
    only_open: bool = False
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/data-requests", response=DataRequestList, summary="Data requests", operation_id="list_data_requests")
def list_data_requests(request: HttpRequest, wanted: Query[RequestFilter]) -> dict[str, Any]:
    """What people asked about their data, the newest first; `only_open`: what is still due."""
    client = require(request, Scope.CUSTOMERS_DATA)
    found = api.data_requests(
        client.brand_id, only_open=wanted.only_open, before=read_cursor(wanted.cursor), limit=wanted.limit
    )
    more = len(found) == wanted.limit
    return {"requests": [asdict(one) for one in found], "next": write_cursor(found[-1].id) if more else None}


class LookOut(Schema):
    id: UUID
    customer_id: UUID
    by: str
    place: str
    at: datetime


class LookList(Schema):
    looks: list[LookOut]
    next: str | None = None


class LookFilter(Schema):
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get(
    "/customers/{customer_id}/looks",
    response={200: LookList, 404: None},
    summary="Who looked",
    operation_id="list_looks",
)
def list_looks(request: HttpRequest, customer_id: UUID, wanted: Query[LookFilter]) -> dict[str, Any]:
    """Who looked at the person on a page, over the API or by an export, the newest first; kept for a year."""
    client = require(request, Scope.CUSTOMERS_DATA)
    api.customer_page(client.brand_id, customer_id)
    found = api.looks_at(client.brand_id, customer_id, before=read_cursor(wanted.cursor), limit=wanted.limit)
    more = len(found) == wanted.limit
    return {"looks": [asdict(one) for one in found], "next": write_cursor(found[-1].id) if more else None}


def _by(client: Client) -> str:
    return f"client {client.name}"[:120]
