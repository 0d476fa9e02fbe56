"""Red packets over HTTP: give, take, see how they stand, say what is allowed."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import get_brand
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body
from datong.kernel.money import MAX_MINOR
from datong.kernel.pages import CURSOR
from datong.wallet import api
from datong.wallet.http.common import Currency, Key, Minor
from datong.wallet.types.packets import Giving, Packet, PacketLimits, PacketState, Split

router = Router(tags=["packets"])

GONE: dict[int, None] = {404: None, 409: None}
Note = Annotated[str, StringConstraints(max_length=60), READABLE]
Shares = Annotated[int, Field(ge=1, le=500), NUMBER]
Count = Annotated[int, Field(ge=1, le=10_000), NUMBER]
Amount = Annotated[int, Field(ge=1, le=MAX_MINOR), NUMBER]


class ClaimOut(Schema):
    """A share that somebody took: into a purse, or as a voucher."""

    n: int
    customer_id: UUID
    amount_minor: int
    purse_id: UUID | None
    voucher_id: UUID | None
    at: datetime


class PacketOut(Schema):
    """`giver_id` null: the brand gave it. `seed_hash` (SHA-256) is told at once, `seed` when it is over: with it
    anybody reckons the shares again. `code` is in the answer to who gave it only."""

    id: UUID
    giver_id: UUID | None
    offer: str
    currency: str
    total_minor: int
    shares: int
    how: Split
    least_minor: int
    note: str
    state: PacketState
    taken: int
    taken_minor: int
    back_minor: int
    seed_hash: str
    seed: str
    at: datetime
    ends_at: datetime
    ended_at: datetime | None
    code: str = ""
    claims: list[ClaimOut]


def packet_out(packet: Packet, code: str = "") -> dict[str, Any]:
    return {**asdict(packet), "code": code}


class GiveIn(Body):
    """`equal`: all the same; `luck`: as chance has it. Without a currency it is the brand's."""

    customer_id: UUID
    total_minor: Minor
    shares: Shares
    how: Split = Split.LUCK
    currency: Currency | None = None
    note: Note = ""


@router.post("/packets", response={200: PacketOut, **GONE}, summary="Give a red packet", operation_id="give_packet")
def give_packet(request: HttpRequest, wanted: GiveIn, idempotency_key: Key) -> dict[str, Any]:
    """Principal of the customer's stored value, in shares for whoever has the `code`. 409: not enough, or the limits of
    the day."""
    client = require(request, Scope.WALLET_WRITE)
    said = {**wanted.model_dump(), "currency": wanted.currency or ""}
    return _give(Giving(**said), client.brand_id, f"client {client.name}", str(client.id), idempotency_key)


class BrandGiveIn(Body):
    """Money of the brand's budget (`total_minor`), or a voucher of `offer` for each share."""

    total_minor: Annotated[int, Field(ge=0, le=MAX_MINOR), NUMBER] = 0
    offer: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""
    shares: Shares
    how: Split = Split.LUCK
    currency: Currency | None = None
    note: Note = ""


@router.post(
    "/brand-packets",
    response={200: PacketOut, **GONE},
    summary="The brand gives a red packet",
    operation_id="give_brand_packet",
)
def give_brand_packet(request: HttpRequest, wanted: BrandGiveIn, idempotency_key: Key) -> dict[str, Any]:
    """What is taken is a bonus on the purse of who takes it, or a voucher of theirs."""
    client = require(request, Scope.REWARDS_WRITE)
    said = {**wanted.model_dump(), "currency": wanted.currency or ""}
    return _give(Giving(**said), client.brand_id, f"client {client.name}", str(client.id), idempotency_key)


def _give(giving: Giving, brand: UUID, by: str, client: str, key: str) -> dict[str, Any]:
    packet = api.give_packet(giving, brand=brand, by=by, key=f"{client} {key}"[:200] if key else "")
    return packet_out(packet, api.packet_code(brand, packet.id))


class ClaimIn(Body):
    code: Annotated[str, StringConstraints(max_length=80), STORABLE]
    customer_id: UUID


@router.post("/packet-claims", response={200: ClaimOut, **GONE}, summary="Take a share", operation_id="claim_packet")
def claim_packet(request: HttpRequest, wanted: ClaimIn) -> dict[str, Any]:
    """Once a person: who took one already gets the same answer. 409 `all_taken`, `over`, `too_many_taken`; wrong codes
    are counted, and stopped with 429."""
    client = require(request, Scope.WALLET_WRITE)
    asker = f"client {client.id} {wanted.customer_id}"
    by = f"client {client.name}"
    return asdict(api.claim_packet(wanted.code, wanted.customer_id, brand=client.brand_id, by=by, asker=asker))


class PacketQuery(Schema):
    state: PacketState | None = None
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class PacketPage(Schema):
    packets: list[PacketOut]
    next: str


@router.get("/packets", response=PacketPage, summary="Red packets", operation_id="list_packets")
def list_packets(request: HttpRequest, asked: Query[PacketQuery]) -> dict[str, Any]:
    """The newest first, without who took what; `cursor` is the `next` of the page before."""
    brand = require(request, Scope.WALLET_READ).brand_id
    found, following = api.packets(brand, state=asked.state, cursor=asked.cursor, limit=asked.limit)
    return {"packets": [packet_out(replace(each, claims=())) for each in found], "next": following}


@router.get("/packets/{packet_id}", response={200: PacketOut, 404: None}, summary="A packet", operation_id="get_packet")
def get_packet(request: HttpRequest, packet_id: UUID) -> dict[str, Any]:
    """How it stands, and who took what."""
    brand = require(request, Scope.WALLET_READ).brand_id
    return packet_out(api.get_packet(brand, packet_id))


class LimitsOut(Schema):
    """Minor units; a day is the last 24 hours. `share_most_minor` is of a share on average."""

    most_minor: int
    share_least_minor: int
    share_most_minor: int
    shares: int
    gives_a_day: int
    given_a_day_minor: int
    claims_a_day: int
    hours: int


class LimitsIn(Body):
    most_minor: Amount = 200_000
    share_least_minor: Amount = 1
    share_most_minor: Amount = 20_000
    shares: Shares = 100
    gives_a_day: Count = 10
    given_a_day_minor: Amount = 500_000
    claims_a_day: Count = 30
    hours: Annotated[int, Field(ge=1, le=720), NUMBER] = 24


@router.get("/packet-limits", response=LimitsOut, summary="Limits of red packets", operation_id="get_packet_limits")
def get_packet_limits(request: HttpRequest) -> dict[str, Any]:
    """In the brand's currency."""
    brand = require(request, Scope.WALLET_READ).brand_id
    return asdict(api.stored_policy(brand, get_brand(brand).currency).packets)


@router.put(
    "/packet-limits",
    response={200: LimitsOut, 409: None},
    summary="Say the limits of red packets",
    operation_id="put_packet_limits",
)
def put_packet_limits(request: HttpRequest, wanted: LimitsIn) -> dict[str, Any]:
    """All of them; what is left out is as it is at first."""
    client = require(request, Scope.REWARDS_WRITE)
    currency = get_brand(client.brand_id).currency
    limits = PacketLimits(**wanted.model_dump())
    return asdict(api.put_packet_limits(currency, limits, brand=client.brand_id, by=f"client {client.name}"))
