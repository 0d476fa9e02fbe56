"""Points over HTTP: what a customer has, earning by event, spending, giving back, a person's decision."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import ApprovalState, Machine, Scope
from datong.customers.api import customer_page
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body
from datong.kernel.pages import CURSOR, read_cursor, write_cursor
from datong.wallet import api
from datong.wallet.http.common import Text, store_of
from datong.wallet.types import Act, ActKind, Basis

router = Router(tags=["points"])

Key = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[\x20-\x7e]+$")]
Code = Annotated[str, StringConstraints(max_length=40), STORABLE]
Points = Annotated[int, Field(ge=1, le=1_000_000_000), NUMBER]
Reason = Annotated[str, StringConstraints(max_length=300), READABLE]
GONE: dict[int, None] = {404: None, 409: None}


class TierOut(Schema):
    code: str
    name: str
    threshold: int
    points_percent: int
    free_delivery: bool
    perks: list[str]


class ProgrammeOut(Schema):
    """`burn_points` points pay `burn_minor` minor units of the brand's currency. A payment takes `pay_least` to
    `pay_most` points (null: any number), and they pay at most `pay_percent` of it."""

    code: str
    name: str
    burn_points: int
    burn_minor: int
    pending_days: int
    life_days: int | None
    pay_least: int
    pay_most: int | None
    pay_percent: int
    active: bool
    basis: Basis
    tiers: list[TierOut]


class ProgrammeList(Schema):
    programmes: list[ProgrammeOut]


@router.get("/points/programmes", response=ProgrammeList, summary="Points programmes", operation_id="list_programmes")
def list_programmes(request: HttpRequest) -> dict[str, Any]:
    """The points programmes of the brand with their tiers, those in force first."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    told = []
    for found in api.programmes(brand):
        plan = api.tier_plan(brand, found.id)
        tiers = [asdict(tier) for tier in plan.tiers]
        told.append({**asdict(found), "basis": plan.basis, "tiers": tiers})
    return {"programmes": told}


class ExpiringOut(Schema):
    at: datetime
    points: int


class StandingOut(Schema):
    """The tier of the person now ('' none), since when, until when, and how much is missing for the next."""

    tier: str
    amount: int
    since: datetime | None
    until: datetime | None
    next: str
    missing: int


class BalanceOut(Schema):
    """`spendable` points pay `worth_minor`. `pending` wait for their order; `owed` are filled by the next."""

    programme: str
    spendable: int
    pending: int
    owed: int
    worth_minor: int
    expiring: list[ExpiringOut]
    standing: StandingOut


class BalanceList(Schema):
    balances: list[BalanceOut]


@router.get(
    "/customers/{customer_id}/points",
    response={200: BalanceList, 404: None},
    summary="A customer's points",
    operation_id="get_points",
)
def get_points(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Points and tier of the person, over all their records, in each programme in force: the same at every door."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    customer_page(brand, customer_id)
    told = []
    for found in api.points_of(brand, customer_id):
        stands = api.standing_of(brand, customer_id, api.programme(brand, found.programme).id)
        standing = {
            "tier": stands.tier.code if stands.tier else "",
            "amount": stands.amount,
            "since": stands.since,
            "until": stands.until,
            "next": stands.next.code if stands.next else "",
            "missing": stands.missing,
        }
        told.append({**asdict(found), "spendable": found.spendable, "standing": standing})
    return {"balances": told}


class ActOut(Schema):
    """One thing that happened to points; `points` is the change. `basis_minor`: the money it is about.

    `store_id`: where it happened, when it is no order that says so.
    """

    id: UUID
    kind: ActKind
    key: str
    customer_id: UUID
    points: int
    basis_minor: int
    subject_id: UUID | None
    source: str
    by: str
    reason: str
    at: datetime
    store_id: UUID | None


class ActList(Schema):
    """The newest first; `next` is the cursor of the page after it."""

    acts: list[ActOut]
    next: str | None


class HistoryWanted(Schema):
    programme: Code = ""
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get(
    "/customers/{customer_id}/points/history",
    response={200: ActList, 404: None},
    summary="What happened to points",
    operation_id="list_point_acts",
)
def list_point_acts(request: HttpRequest, customer_id: UUID, wanted: Query[HistoryWanted]) -> dict[str, Any]:
    """Earned, spent, given back, taken back, expired: of all records of the person."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    customer_page(brand, customer_id)
    found = api.point_history(
        brand,
        customer_id,
        api.programme(brand, wanted.programme).id,
        before=read_cursor(wanted.cursor),
        limit=wanted.limit,
    )
    more = len(found) == wanted.limit
    return {"acts": [_act(act) for act in found], "next": write_cursor(found[-1].id) if more else None}


class Spend(Body):
    """`key`: the caller's own, once for this spending. `order_id`: what it is spent on; `pays`: they pay it, with
    `basis_minor` of the answer, through the wallet's clearing account. `store`: the code of the store where, also a
    partner's."""

    points: Points
    key: Key
    programme: Code = ""
    order_id: UUID | None = None
    pays: Annotated[bool, Field(strict=True)] = False
    store: Text = ""
    reason: Annotated[str, StringConstraints(max_length=300), STORABLE] = ""


@router.post(
    "/customers/{customer_id}/points/burn",
    response={200: ActOut, **GONE},
    summary="Spend points",
    operation_id="burn_points",
)
def burn_points(request: HttpRequest, customer_id: UUID, wanted: Spend) -> dict[str, Any]:
    """Spend points of the person, those that expire first; 409 `insufficient` with what there is. Safe to repeat."""
    client = require(request, Scope.REWARDS_WRITE)
    act = api.burn_points(
        customer_id,
        wanted.points,
        key=wanted.key,
        brand=client.brand_id,
        by=f"client {client.name}",
        subject_id=wanted.order_id,
        pays=wanted.pays,
        programme_code=wanted.programme,
        source=client.name,
        reason=wanted.reason,
        store_id=store_of(client.brand_id, wanted.store),
    )
    return _act(act)


class GiveBack(Body):
    """`burn_key`: the key they were spent under; `points` null: all that have not come back."""

    burn_key: Key
    key: Key
    points: Points | None = None
    programme: Code = ""
    reason: Annotated[str, StringConstraints(max_length=300), STORABLE] = ""


@router.post(
    "/points/give-back", response={200: ActOut, **GONE}, summary="Give points back", operation_id="give_back_points"
)
def give_back_points(request: HttpRequest, wanted: GiveBack) -> dict[str, Any]:
    """Spent points come back into the lots they came from, with their old expiry. Safe to repeat."""
    client = require(request, Scope.REWARDS_WRITE)
    by = f"client {client.name}"
    act = api.give_back_points(
        wanted.burn_key,
        key=wanted.key,
        brand=client.brand_id,
        by=by,
        points=wanted.points,
        programme_code=wanted.programme,
        reason=wanted.reason,
    )
    return _act(act)


class Happened(Body):
    """`event`: a name that a rule knows, such as signup or review; `key` once for this one. `store`: the code of the
    store where, also a partner's."""

    event: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern="^[a-z0-9_-]+$")]
    key: Key
    programme: Code = ""
    store: Text = ""


@router.post(
    "/customers/{customer_id}/points/earn",
    response={200: ActOut, **GONE},
    summary="Earn points by an event",
    operation_id="earn_points",
)
def earn_points(request: HttpRequest, customer_id: UUID, wanted: Happened) -> dict[str, Any]:
    """Points for something that happened, by the programme's rules; 404 when no rule in force gives any."""
    client = require(request, Scope.REWARDS_WRITE)
    by = f"client {client.name}"
    act = api.earn_event(
        customer_id,
        wanted.event,
        key=wanted.key,
        brand=client.brand_id,
        by=by,
        programme_code=wanted.programme,
        store_id=store_of(client.brand_id, wanted.store),
    )
    return _act(act)


class AdjustedOut(Schema):
    """`state`: approved (done), pending (a person decides), refused or withdrawn."""

    request_id: UUID
    state: str
    points: int
    decided_by: str


class Adjust(Body):
    """`points` more, or below zero fewer: fewer than there are become a debt."""

    points: Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000), NUMBER]
    key: Key
    reason: Reason
    programme: Code = ""


@router.post(
    "/customers/{customer_id}/points/adjust",
    response={200: AdjustedOut, 202: AdjustedOut, **GONE},
    summary="Correct points",
    operation_id="adjust_points",
)
def adjust_points(request: HttpRequest, customer_id: UUID, wanted: Adjust) -> Status[dict[str, Any]]:
    """A decision about somebody's points, with the reason, in the audit trail. Safe to repeat.

    Done at once (200) within what the brand lets programs do alone; above it a person decides (202).
    """
    client = require(request, Scope.REWARDS_WRITE)
    customer_page(client.brand_id, customer_id)
    asked = api.ask_to_adjust(
        customer_id,
        wanted.points,
        key=wanted.key,
        brand=client.brand_id,
        by=Machine(client.id, client.brand_id, f"client {client.name}"[:120]),
        reason=wanted.reason,
        programme_code=wanted.programme,
        href=f"/customers/{customer_id}/points/",
    )
    waits = asked.state is ApprovalState.PENDING
    given = {
        "request_id": asked.id,
        "state": asked.state.value,
        "points": wanted.points,
        "decided_by": asked.decided_by,
    }
    return Status(202 if waits else 200, given)


def _act(act: Act) -> dict[str, Any]:
    return asdict(act)
