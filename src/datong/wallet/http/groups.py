"""Buying together over HTTP: the deals, start a group, join it, see how it stands."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body, Moment
from datong.kernel.pages import CURSOR
from datong.wallet import api
from datong.wallet.http.common import Key, Minor, Ref
from datong.wallet.types.groups import GroupDeal, GroupState

router = Router(tags=["groups"])

Method = Annotated[str, StringConstraints(pattern="^[a-z0-9:_-]{1,40}$")]
GONE: dict[int, None] = {404: None, 409: None}


class GroupDealOut(Schema):
    """What is bought together: a voucher of `offer` for each, at `price_minor` of the brand's currency, when `people`
    have joined within `hours`."""

    id: UUID
    offer: str
    title: str
    people: int
    hours: int
    price_minor: int
    active: bool
    ends_at: datetime | None


class GroupDealList(Schema):
    deals: list[GroupDealOut]


@router.get("/group-deals", response=GroupDealList, summary="What is bought together", operation_id="list_group_deals")
def list_group_deals(request: HttpRequest) -> dict[str, Any]:
    """Those in force first, the newest first."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    return {"deals": [asdict(deal) for deal in api.group_deals(brand)]}


class GroupDealIn(Body):
    """`offer`: the code of the vouchers each gets. Groups that are open keep their people, time and price."""

    offer: Annotated[str, StringConstraints(max_length=40), STORABLE]
    title: Annotated[str, StringConstraints(max_length=120), READABLE]
    people: Annotated[int, Field(ge=2, le=100), NUMBER]
    hours: Annotated[int, Field(ge=1, le=168), NUMBER]
    price_minor: Minor
    active: StrictBool = True
    ends_at: Moment | None = None


@router.put(
    "/group-deals/{deal_id}",
    response={200: GroupDealOut, **GONE},
    summary="Say what is bought together",
    operation_id="put_group_deal",
)
def put_group_deal(request: HttpRequest, deal_id: UUID, wanted: GroupDealIn) -> dict[str, Any]:
    """`deal_id` is a UUIDv7 of the caller; the same again changes what it says."""
    client = require(request, Scope.REWARDS_WRITE)
    deal = GroupDeal(deal_id, **wanted.model_dump())
    return asdict(api.put_group_deal(deal, brand=client.brand_id, by=f"client {client.name}"))


class GroupMemberOut(Schema):
    """Somebody in the group: how it was paid; the voucher they got, or when the money went back."""

    customer_id: UUID
    method: str
    ref: str
    at: datetime
    voucher_id: UUID | None
    back_at: datetime | None


class GroupOut(Schema):
    """A group as it stands: `joined` of `people` are in it until `ends_at`. `done`: everybody has a voucher; `failed`:
    everybody's money went back to where it was paid."""

    id: UUID
    deal_id: UUID
    title: str
    offer: str
    people: int
    price_minor: int
    currency: str
    state: GroupState
    started_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    joined: int
    members: list[GroupMemberOut]


class Joining(Body):
    """Who joins, and where the price was paid: `method` (cash, provider:web) with the provider's number `ref`."""

    customer_id: UUID
    method: Method
    ref: Ref = ""


@router.post(
    "/group-deals/{deal_id}/groups",
    response={200: GroupOut, **GONE},
    summary="Start a group",
    operation_id="start_group",
)
def start_group(request: HttpRequest, deal_id: UUID, wanted: Joining, idempotency_key: Key) -> dict[str, Any]:
    """Open a group with its first member. The Idempotency-Key is needed: the same again is the same group."""
    client = require(request, Scope.REWARDS_WRITE)
    made = api.start_group(
        deal_id,
        customer_id=wanted.customer_id,
        key=f"{client.id} {idempotency_key}"[:190],
        method=wanted.method,
        brand=client.brand_id,
        by=f"client {client.name}",
        ref=wanted.ref,
    )
    return asdict(made)


@router.post(
    "/groups/{group_id}/members", response={200: GroupOut, **GONE}, summary="Join a group", operation_id="join_group"
)
def join_group(request: HttpRequest, group_id: UUID, wanted: Joining, idempotency_key: Key) -> dict[str, Any]:
    """Take a place; who takes the last one completes the group. 409 `full`, `over`, `joined`: nothing was taken."""
    client = require(request, Scope.REWARDS_WRITE)
    made = api.join_group(
        group_id,
        customer_id=wanted.customer_id,
        key=f"{client.id} {idempotency_key}"[:200],
        method=wanted.method,
        brand=client.brand_id,
        by=f"client {client.name}",
        ref=wanted.ref,
    )
    return asdict(made)


class GroupQuery(Schema):
    state: GroupState | None = None
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class GroupPage(Schema):
    groups: list[GroupOut]
    next: str


@router.get("/groups", response=GroupPage, summary="Groups", operation_id="list_groups")
def list_groups(request: HttpRequest, asked: Query[GroupQuery]) -> dict[str, Any]:
    """The newest first; `cursor` is the `next` of the page before."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    found, following = api.groups(brand, state=asked.state, cursor=asked.cursor, limit=asked.limit)
    return {"groups": [asdict(group) for group in found], "next": following}


@router.get("/groups/{group_id}", response={200: GroupOut, 404: None}, summary="A group", operation_id="get_group")
def get_group(request: HttpRequest, group_id: UUID) -> dict[str, Any]:
    """How it stands, with who is in it."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    return asdict(api.get_group(brand, group_id))
