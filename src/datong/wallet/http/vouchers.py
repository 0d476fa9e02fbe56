"""Vouchers over HTTP: issue, check, redeem, undo, and the list a store keeps for when it is without network."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Scope
from datong.brand.api import list_channels, store_by_code
from datong.customers.api import customer_page
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body
from datong.kernel.errors import NotFound
from datong.wallet import api
from datong.wallet.types import Basket, Good, Offer, Place, Redemption, Voucher, VoucherState

router = Router(tags=["vouchers"])

Text = Annotated[str, StringConstraints(max_length=80), STORABLE]
Code = Annotated[str, StringConstraints(max_length=40), STORABLE]
Sku = Annotated[str, StringConstraints(max_length=64), STORABLE]
Minor = Annotated[int, Field(ge=0, le=10**12), NUMBER]
GONE: dict[int, None] = {404: None, 409: None}


class OfferOut(Schema):
    """What vouchers of one kind are good for: `money` takes `amount_minor` off, `percent` a share, `item` is one of
    `sku`. `price_minor` is what one costs; empty `stores` and `channels` are any."""

    code: str
    name: str
    good: Good
    amount_minor: int
    percent: int
    max_minor: int | None
    sku: str
    min_minor: int
    condition: str
    starts_at: datetime | None
    ends_at: datetime | None
    valid_days: int | None
    stores: list[str]
    channels: list[str]
    price_minor: int
    active: bool


class OfferList(Schema):
    offers: list[OfferOut]


@router.get("/vouchers/offers", response=OfferList, summary="Voucher offers", operation_id="list_offers")
def list_offers(request: HttpRequest) -> dict[str, Any]:
    """The kinds of voucher there are, those in force first."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    return {"offers": [_offer(found) for found in api.offers(brand)]}


class VoucherOut(Schema):
    """A voucher of somebody; whoever has its `code` has what it is good for."""

    id: UUID
    offer: str
    code: str
    state: VoucherState
    issued_at: datetime
    starts_at: datetime | None
    ends_at: datetime | None


class VoucherList(Schema):
    vouchers: list[VoucherOut]


@router.get(
    "/customers/{customer_id}/vouchers",
    response={200: VoucherList, 404: None},
    summary="A customer's vouchers",
    operation_id="list_vouchers",
)
def list_vouchers(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Those that can still be redeemed, of all records of the person, the newest first; at most 100."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    customer_page(brand, customer_id)
    codes = {found.id: found.code for found in api.offers(brand)}
    return {"vouchers": [_voucher(found, codes) for found in api.vouchers_of(brand, customer_id)]}


class Issue(Body):
    """`id`: a UUIDv7 of the caller, the key of this voucher. `paid_to`: where an offer with a price was paid."""

    id: UUID
    offer: Code
    paid_to: Annotated[str, StringConstraints(max_length=40, pattern="^[a-z0-9:_-]*$")] = ""


@router.post(
    "/customers/{customer_id}/vouchers",
    response={200: VoucherOut, **GONE},
    summary="Issue a voucher",
    operation_id="issue_voucher",
)
def issue_voucher(request: HttpRequest, customer_id: UUID, wanted: Issue) -> dict[str, Any]:
    """Give or sell a voucher to a customer. The same `id` again is the same voucher."""
    client = require(request, Scope.REWARDS_WRITE)
    made = api.issue_voucher(
        wanted.offer,
        brand=client.brand_id,
        by=f"client {client.name}",
        id=wanted.id,
        customer_id=customer_id,
        paid_to=wanted.paid_to,
    )
    return _voucher(made, {made.offer_id: wanted.offer})


class Show(Body):
    """A code as typed or scanned, and what it is shown for: `total_minor` of the basket, before the voucher."""

    code: Text
    store: Code = ""
    total_minor: Minor | None = None
    units: Annotated[int, Field(ge=1, le=100_000), NUMBER] = 1
    skus: Annotated[list[Sku], Field(max_length=500)] = []


class Checked(Schema):
    """`value_minor` is what it takes off this basket."""

    offer: OfferOut
    state: VoucherState
    ends_at: datetime | None
    value_minor: int


@router.post(
    "/vouchers/check", response={200: Checked, **GONE}, summary="Check a voucher", operation_id="check_voucher"
)
def check_voucher(request: HttpRequest, shown: Show) -> dict[str, Any]:
    """Whether a voucher may be redeemed here and now; nothing is changed. Each refusal has its own code in `problems`:
    404 `unknown`, `mistyped`, `other_brand`; 409 `used`, `expired`, `not_yet`, `void`, `other_store`, `other_channel`,
    `too_little`, `condition`; 429 after too many wrong codes."""
    client = require(request, Scope.VOUCHERS_REDEEM)
    found, about, value = api.check_voucher(
        shown.code,
        brand=client.brand_id,
        asker=f"client {client.name}",
        place=_place(client, shown.store),
        basket=Basket(shown.total_minor, shown.units, tuple(shown.skus)),
    )
    return {"offer": _offer(about), "state": found.state, "ends_at": found.ends_at, "value_minor": value}


class Redeem(Show):
    """`key`: the caller's own, once for this redemption. `pays`: it pays its value of `order_id`, through the wallet's
    clearing account."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[\x20-\x7e]+$")]
    order_id: UUID | None = None
    pays: Annotated[bool, Field(strict=True)] = False


class RedemptionOut(Schema):
    """That a voucher was redeemed; undone when `reversed_at` is set."""

    id: UUID
    voucher_id: UUID
    at: datetime
    by: str
    store: str
    channel: str
    value_minor: int
    subject_id: UUID | None
    reversed_at: datetime | None
    reversed_by: str
    reason: str
    repeat: bool


@router.post(
    "/vouchers/redeem", response={200: RedemptionOut, **GONE}, summary="Redeem a voucher", operation_id="redeem_voucher"
)
def redeem_voucher(request: HttpRequest, shown: Redeem) -> dict[str, Any]:
    """Redeem it once: of two tills one wins, the other is told where and when. The same `key` again is the same."""
    client = require(request, Scope.VOUCHERS_REDEEM)
    done = api.redeem_voucher(
        shown.code,
        key=shown.key,
        brand=client.brand_id,
        by=f"client {client.name}",
        place=_place(client, shown.store),
        basket=Basket(shown.total_minor, shown.units, tuple(shown.skus)),
        subject_id=shown.order_id,
        pays=shown.pays,
    )
    return _redemption(done)


class Undo(Body):
    reason: Annotated[str, StringConstraints(max_length=300), READABLE]


@router.post(
    "/vouchers/redemptions/{redemption_id}/reverse",
    response={200: RedemptionOut, **GONE},
    summary="Undo a redemption",
    operation_id="reverse_redemption",
)
def reverse_redemption(request: HttpRequest, redemption_id: UUID, undo: Undo) -> dict[str, Any]:
    """The voucher can be redeemed again while it is valid. The same again gives what was undone."""
    client = require(request, Scope.VOUCHERS_REDEEM)
    by = f"client {client.name}"
    return _redemption(api.reverse_redemption(redemption_id, brand=client.brand_id, by=by, reason=undo.reason))


class OfflineWanted(Schema):
    store: Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
    after: Code = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 1000


class OfflineRow(Schema):
    hash: str
    ends_at: datetime | None
    offer: str
    good: Good
    amount_minor: int
    percent: int


class OfflineList(Schema):
    """`hash` is SHA-256 of "salt:code". What is redeemed without network is sent to `/vouchers/redeem` later."""

    salt: str
    vouchers: list[OfflineRow]
    next: str | None


@router.get(
    "/vouchers/offline",
    response={200: OfflineList, 404: None},
    summary="Vouchers of a store, without network",
    operation_id="list_offline_vouchers",
)
def list_offline_vouchers(request: HttpRequest, wanted: Query[OfflineWanted]) -> dict[str, Any]:
    """What a store may redeem while it is without network: hashes, no codes; `after` is the `next` of a page before."""
    client = require(request, Scope.VOUCHERS_REDEEM)
    store = store_by_code(client.brand_id, wanted.store)
    if store is None:
        raise NotFound(f"no store {wanted.store}")
    salt = str(store.id)
    found, following = api.offline_vouchers(client.brand_id, store.code, after=wanted.after, limit=wanted.limit)
    told = [
        {
            "hash": api.code_hash(salt, code),
            "ends_at": ends,
            "offer": about.code,
            "good": about.good,
            "amount_minor": about.amount_minor,
            "percent": about.percent,
        }
        for code, ends, about in found
    ]
    return {"salt": salt, "vouchers": told, "next": following}


def _place(client: Client, store: str) -> Place:
    channel = next((c.code for c in list_channels(client.brand_id) if c.id == client.channel_id), "")
    return Place(store, channel)


def _offer(found: Offer) -> dict[str, Any]:
    return {**asdict(found), "stores": sorted(found.stores), "channels": sorted(found.channels)}


def _voucher(found: Voucher, codes: dict[UUID, str]) -> dict[str, Any]:
    return {**asdict(found), "offer": codes.get(found.offer_id, "")}


def _redemption(done: Redemption) -> dict[str, Any]:
    return asdict(done)
