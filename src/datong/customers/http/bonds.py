"""What customers are, whom they belong with, who looks after them, notes and tasks: over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.customers import api
from datong.customers.http.people import router
from datong.customers.types import BondKind, CustomerKind, Details, Means, TouchKind
from datong.kernel.bodies import READABLE, STORABLE, Body, Day
from datong.kernel.errors import NotFound


class DetailsOut(Schema):
    """What a customer is; `preferred` is a wish how to be reached, no consent."""

    customer_id: UUID
    kind: CustomerKind
    legal_name: str
    legal_id: str
    industry: str
    preferred: Means | None
    language: str
    birthday: date | None
    company: str
    address: str
    tags: list[str]
    changed_at: datetime | None
    changed_by: str


@router.get(
    "/customers/{customer_id}/details",
    response={200: DetailsOut, 404: None},
    summary="Details",
    operation_id="get_details",
)
def get_details(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Person or organisation, with the fields of each."""
    client = require(request, Scope.CUSTOMERS_READ)
    api.customer_page(client.brand_id, customer_id)
    return asdict(api.details_of(client.brand_id, customer_id))


class DetailsIn(Body):
    kind: CustomerKind
    legal_name: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""
    legal_id: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    industry: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    preferred: Means | None = None
    language: Annotated[str, StringConstraints(max_length=35), STORABLE] = ""
    birthday: Day | None = None
    company: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""
    address: Annotated[str, StringConstraints(max_length=500), STORABLE] = ""
    tags: Annotated[list[Annotated[str, StringConstraints(max_length=60), STORABLE]], Field(max_length=50)] = []


@router.put(
    "/customers/{customer_id}/details",
    response={200: DetailsOut, 404: None, 409: None},
    summary="Write details",
    operation_id="put_details",
)
def put_details(request: HttpRequest, customer_id: UUID, told: DetailsIn) -> dict[str, Any]:
    """Write what a customer is, whole. The same again changes nothing."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    details = Details(customer_id=customer_id, **{**dict(told), "tags": tuple(told.tags)})
    return asdict(api.put_details(details, brand=client.brand_id, by=f"client {client.name}"))


class BondOut(Schema):
    id: UUID
    kind: BondKind
    customer_id: UUID
    other_id: UUID
    role: str
    since: datetime
    by: str


class BondList(Schema):
    bonds: list[BondOut]


@router.get(
    "/customers/{customer_id}/bonds", response={200: BondList, 404: None}, summary="Bonds", operation_id="list_bonds"
)
def list_bonds(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Whom a customer belongs with: household, contact at a company, part of one."""
    client = require(request, Scope.CUSTOMERS_READ)
    api.customer_page(client.brand_id, customer_id)
    return {"bonds": [asdict(one) for one in api.bonds_of(client.brand_id, customer_id)]}


class BondIn(Body):
    other_id: UUID
    kind: BondKind
    role: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""


@router.post(
    "/customers/{customer_id}/bonds",
    response={200: BondOut, 404: None, 409: None},
    summary="Bind two customers",
    operation_id="bind_customers",
)
def bind_customers(request: HttpRequest, customer_id: UUID, told: BondIn) -> dict[str, Any]:
    """Say that two customers belong together; said again it is the same, with the role said last."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    by = f"client {client.name}"
    return asdict(api.bind(customer_id, told.other_id, told.kind, brand=client.brand_id, by=by, role=told.role))


@router.delete(
    "/bonds/{bond_id}", response={204: None, 404: None, 409: None}, summary="End a bond", operation_id="unbind"
)
def unbind(request: HttpRequest, bond_id: UUID) -> Status[None]:
    """Two customers belong together no longer. 404 when it has ended, or is no such thing."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    if not api.unbind(bond_id, brand=client.brand_id, by=f"client {client.name}"):
        raise NotFound(f"no bond {bond_id} stands")
    return Status(204, None)


class KeepingOut(Schema):
    manager: str
    since: datetime
    by: str
    until: datetime | None


class KeepingList(Schema):
    managers: list[KeepingOut]


class Keeper(Body):
    """A username; '' gives the customer to nobody."""

    manager: Annotated[str, StringConstraints(max_length=120), STORABLE]


@router.put(
    "/customers/{customer_id}/manager",
    response={200: KeepingList, 404: None, 409: None},
    summary="Give to a manager",
    operation_id="keep_customer",
)
def keep_customer(request: HttpRequest, customer_id: UUID, told: Keeper) -> dict[str, Any]:
    """Who looks after the customer from now on; the answer is who did and does, the present one first."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    api.keep(customer_id, told.manager, brand=client.brand_id, by=f"client {client.name}")
    return {"managers": [asdict(one) for one in api.keepings_of(client.brand_id, customer_id)]}


class TouchOut(Schema):
    """What somebody did, offered or has to do; open while `due` is set and `done_at` is not."""

    id: UUID
    kind: TouchKind
    text: str
    by: str
    at: datetime
    due: date | None
    done_at: datetime | None
    done_by: str
    doer: str


class TouchList(Schema):
    touches: list[TouchOut]


@router.get(
    "/customers/{customer_id}/touches",
    response={200: TouchList, 404: None},
    summary="Notes and tasks",
    operation_id="list_touches",
)
def list_touches(
    request: HttpRequest, customer_id: UUID, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> dict[str, Any]:
    """What was done, offered, noted or is to be done for the person, the newest first."""
    client = require(request, Scope.CUSTOMERS_READ)
    api.customer_page(client.brand_id, customer_id)
    return {"touches": [asdict(one) for one in api.touches_of(client.brand_id, customer_id, limit=limit)]}


class TouchIn(Body):
    """`due` for a follow-up only; `doer` is who is to do it."""

    kind: TouchKind
    text: Annotated[str, StringConstraints(max_length=500), READABLE]
    due: Day | None = None
    doer: Annotated[str, StringConstraints(max_length=120), STORABLE] = ""


@router.post(
    "/customers/{customer_id}/touches",
    response={201: TouchOut, 404: None, 409: None},
    summary="Note something",
    operation_id="add_touch",
)
def add_touch(request: HttpRequest, customer_id: UUID, told: TouchIn) -> Status[dict[str, Any]]:
    """Note what was done, offered, is worth knowing or is to be done."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    made = api.add_touch(
        customer_id,
        told.kind,
        told.text,
        brand=client.brand_id,
        by=f"client {client.name}",
        due=told.due,
        doer=told.doer,
    )
    return Status(201, asdict(made))


class KeptOut(Schema):
    customer_id: UUID
    name: str
    kind: CustomerKind
    since: datetime
    touched_at: datetime | None
    due: date | None
    due_text: str


class KeptList(Schema):
    customers: list[KeptOut]
    next: UUID | None = None


class KeptFilter(Schema):
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get(
    "/managers/{manager}/customers",
    response={200: KeptList, 404: None},
    summary="A manager's list",
    operation_id="list_kept",
)
def list_kept(request: HttpRequest, manager: str, wanted: Query[KeptFilter]) -> dict[str, Any]:
    """The customers somebody looks after, by id; `next` is `after` of the following page."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.kept_by(client.brand_id, manager.replace("\x00", "")[:120], after=wanted.after, limit=wanted.limit)
    more = len(found) == wanted.limit
    return {"customers": [asdict(one) for one in found], "next": found[-1].customer_id if more else None}
