"""Platforms' coupons over HTTP: what a code is good for, verify, take back, what was verified, what a deal is."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import list_stores, store_by_code
from datong.kernel import clock
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body, Day, Moment
from datong.kernel.errors import BadValue
from datong.kernel.pages import CURSOR
from datong.ledger.api import rulebook
from datong.wallet import api
from datong.wallet.http.common import Key, Minor
from datong.wallet.types.coupons import Connection, CouponState, Deal, Offered, Platform, Wanted

router = Router(tags=["coupons"])

Shown = Annotated[str, StringConstraints(min_length=1, max_length=2000), READABLE]
Store = Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
StoreOrAny = Annotated[str, StringConstraints(max_length=40), STORABLE]
DealId = Annotated[str, StringConstraints(min_length=1, max_length=64), READABLE]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=64), STORABLE]
Mark = Annotated[str, StringConstraints(max_length=300), STORABLE]
CHANGED: dict[int, None] = {404: None, 409: None, 429: None, 503: None}


class ShownCode(Body):
    """A code as it was typed, or what the scanner read from the QR code; `store`: the code of the store that asks."""

    platform: Platform
    code: Shown
    store: Store


class UseOut(Schema):
    """A use of the code that can be verified now. `value_minor`: what it pays of an order. Amounts are minor units of
    the brand's currency. `sku` '': nobody said yet which product the deal is, and it is not verified until then."""

    deal_id: str
    title: str
    sku: str
    value_minor: int
    face_minor: int
    price_minor: int
    paid_minor: int
    platform_minor: int
    merchant_minor: int
    expires_at: datetime | None


class UseList(Schema):
    uses: list[UseOut]


@router.post(
    "/coupons/prepare",
    response={200: UseList, **CHANGED},
    summary="What a platform's code is good for",
    operation_id="prepare_coupon",
)
def prepare_coupon(request: HttpRequest, shown: ShownCode) -> dict[str, Any]:
    """The platform is asked; nothing is changed. Each refusal has its own code in `problems` (409): `unknown`, `used`,
    `expired`, `refunded`, `other_store`, `platform_refused`; 404 `not_connected`."""
    client = require(request, Scope.VOUCHERS_REDEEM)
    store = store_id(client.brand_id, shown.store)
    found = api.prepare_coupon(
        shown.platform, shown.code, brand=client.brand_id, store_id=store, asker=f"client {client.id}"
    )
    return {"uses": [_use(one) for one in found]}


class Verify(ShownCode):
    """`count`: how many uses of the code. `alone`: they pay no order, each is a sale by itself."""

    count: Annotated[int, Field(ge=1, le=50), NUMBER] = 1
    alone: StrictBool = False


class CouponOut(Schema):
    """A coupon that was verified. `value_minor` is what it pays of an order, `owed_minor` what the platform owes for it
    before its commission; the customer paid `paid_minor`. It can be taken back until `cancel_until`. `payment_id`: the
    payment of the wallet that took it; what that left unused is `rest_minor`, income since `rest_at`."""

    id: UUID
    platform: Platform
    certificate_id: str
    code_end: str
    deal_id: str
    title: str
    sku: str
    currency: str
    face_minor: int
    price_minor: int
    paid_minor: int
    platform_minor: int
    merchant_minor: int
    value_minor: int
    owed_minor: int
    store_id: UUID
    state: CouponState
    at: datetime
    by: str
    cancel_until: datetime
    alone: bool
    payment_id: UUID | None
    cancelled_at: datetime | None
    cancelled_by: str
    reason: str
    rest_minor: int | None
    rest_at: datetime | None


class CouponList(Schema):
    coupons: list[CouponOut]


@router.post(
    "/coupons/verify",
    response={200: CouponList, **CHANGED},
    summary="Verify a platform's coupon",
    operation_id="verify_coupons",
)
def verify_coupons(request: HttpRequest, shown: Verify, idempotency_key: Key) -> dict[str, Any]:
    """Verify it at the platform. The same Idempotency-Key again is the same verification: after 503 send it again, and
    the platform is asked what became of it; it is never verified twice."""
    client = require(request, Scope.VOUCHERS_REDEEM)
    made = api.verify_coupons(
        shown.platform,
        shown.code,
        shown.count,
        key=f"{client.id} {idempotency_key}"[:200] if idempotency_key else "",
        brand=client.brand_id,
        store_id=store_id(client.brand_id, shown.store),
        by=f"client {client.name}",
        asker=f"client {client.id}",
        alone=shown.alone,
    )
    return {"coupons": [asdict(one) for one in made]}


class Undo(Body):
    reason: Annotated[str, StringConstraints(max_length=300), READABLE]


@router.post(
    "/coupons/{coupon_id}/cancel",
    response={200: CouponOut, **CHANGED},
    summary="Take a verification back",
    operation_id="cancel_coupon",
)
def cancel_coupon(request: HttpRequest, coupon_id: UUID, undo: Undo) -> dict[str, Any]:
    """Within the platform's time: ten minutes at Meituan, an hour at Douyin. 409 `too_late` after it, `taken` while a
    payment has it. The same again is as it was."""
    client = require(request, Scope.VOUCHERS_REDEEM)
    done = api.cancel_coupon(coupon_id, brand=client.brand_id, by=f"client {client.name}", reason=undo.reason)
    return asdict(done)


class CouponQuery(Schema):
    """`text`: a title, the number of a certificate or deal, our SKU, or the last four characters of the code."""

    platform: Platform | None = None
    store: StoreOrAny = ""
    text: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""
    since: Moment | None = None
    until: Moment | None = None
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CouponPage(CouponList):
    next: str


@router.get("/coupons", response={200: CouponPage, 404: None}, summary="Verified coupons", operation_id="list_coupons")
def list_coupons(request: HttpRequest, asked: Query[CouponQuery]) -> dict[str, Any]:
    """The newest first; `cursor` is the `next` of the page before."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    stores = (store_id(brand, asked.store),) if asked.store else None
    wanted = Wanted(asked.platform, stores, asked.text, asked.since, asked.until)
    found, following = api.list_coupons(brand, wanted, cursor=asked.cursor, limit=asked.limit)
    return {"coupons": [asdict(one) for one in found], "next": following}


class TotalOut(Schema):
    """Of a store and platform on one business day: how many stand, what they paid of orders, what the platform owes."""

    platform: Platform
    store_id: UUID
    count: int
    value_minor: int
    owed_minor: int
    cancelled: int
    currency: str


class TotalList(Schema):
    day: date
    totals: list[TotalOut]


class CouponDay(Schema):
    """A business day, today unless said."""

    day: Day | None = None


@router.get("/coupons/totals", response=TotalList, summary="A day's coupons", operation_id="get_coupon_totals")
def get_coupon_totals(request: HttpRequest, asked: Query[CouponDay]) -> dict[str, Any]:
    """By platform and store."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    day = asked.day or rulebook(brand).business_date(clock.now())
    return {"day": day, "totals": [asdict(one) for one in api.coupon_totals(brand, day)]}


class DealIn(Body):
    """`sku`: the product of ours it is. `value_minor`: what one takes off an order, null for its market price."""

    platform: Platform
    deal_id: DealId
    sku: Sku
    value_minor: Minor | None = None
    title: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""


class DealOut(Schema):
    platform: Platform
    deal_id: str
    title: str
    sku: str
    value_minor: int | None
    seen_at: datetime | None


class DealList(Schema):
    """`next`: the deal to give as `after_platform` and `after` for the following page; null at the end."""

    deals: list[DealOut]
    next: DealOut | None


class DealQuery(Schema):
    after_platform: Platform | None = None
    after: Annotated[str, StringConstraints(max_length=64), STORABLE] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("/coupons/deals", response=DealList, summary="Deals of platforms", operation_id="list_coupon_deals")
def list_coupon_deals(request: HttpRequest, asked: Query[DealQuery]) -> dict[str, Any]:
    """Which product each deal is; one with an empty `sku` was met at a till and waits for somebody to say."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    after = (asked.after_platform.value if asked.after_platform else "", asked.after)
    found = api.coupon_deals(brand, after=after, limit=asked.limit)
    return {"deals": [_deal(one) for one in found], "next": _deal(found[-1]) if len(found) == asked.limit else None}


class Deals(Body):
    deals: Annotated[list[DealIn], Field(min_length=1, max_length=5000)]


class Put(Schema):
    count: int


@router.put("/coupons/deals", response={200: Put, 409: None}, summary="Map deals", operation_id="put_coupon_deals")
def put_coupon_deals(request: HttpRequest, wanted: Deals) -> dict[str, Any]:
    """Say which product each deal is; all or nothing. 422 names each deal whose SKU is not ours."""
    client = require(request, Scope.REWARDS_WRITE)
    deals = [Deal(one.platform, one.deal_id.strip(), one.title, one.sku, one.value_minor) for one in wanted.deals]
    return {"count": api.put_coupon_deals(deals, brand=client.brand_id, by=f"client {client.name}")}


class Connect(Body):
    """`secrets`: Meituan developer_id and sign_key; Douyin client_key and client_secret. `shops`: the code of each
    store and its mark there: Meituan's appAuthToken, Douyin's poi_id. What is left empty stays as it was."""

    secrets: dict[str, Annotated[str, StringConstraints(max_length=300), STORABLE]] = {}
    shops: Annotated[dict[str, Mark], Field(max_length=10_000)] = {}
    base_url: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""
    active: StrictBool = True


class ConnectionOut(Schema):
    """A platform we verify at; its credentials are never told."""

    platform: Platform
    base_url: str
    active: bool
    stores: list[str]
    changed_at: datetime
    changed_by: str


class ConnectionList(Schema):
    platforms: list[ConnectionOut]


@router.get(
    "/coupons/platforms", response=ConnectionList, summary="Coupon platforms", operation_id="list_coupon_platforms"
)
def list_coupon_platforms(request: HttpRequest) -> dict[str, Any]:
    """Where coupons are verified, and the stores that have their mark there."""
    brand = require(request, Scope.REWARDS_READ).brand_id
    return {"platforms": [_connection(one, brand) for one in api.coupon_platforms(brand)]}


@router.put(
    "/coupons/platforms/{platform}",
    response={200: ConnectionOut, 404: None, 409: None},
    summary="Connect a coupon platform",
    operation_id="put_coupon_platform",
)
def put_coupon_platform(request: HttpRequest, platform: Platform, wanted: Connect) -> dict[str, Any]:
    """Say with what credentials the platform is asked. A store that is not named is taken out."""
    client = require(request, Scope.REWARDS_WRITE)
    codes = {store.code: store.id for store in list_stores(client.brand_id)} if wanted.shops else {}
    for code in wanted.shops:
        if code not in codes:
            raise BadValue("/shops", code[:40], "the code of a store of this brand")
    done = api.put_coupon_platform(
        platform,
        brand=client.brand_id,
        by=f"client {client.name}",
        secrets=wanted.secrets,
        shops={codes[code]: mark for code, mark in wanted.shops.items()},
        base_url=wanted.base_url,
        active=wanted.active,
    )
    return _connection(done, client.brand_id)


def store_id(brand: UUID, code: str) -> UUID:
    found = store_by_code(brand, code)
    if found is None:
        raise BadValue("/store", code, "the code of a store of this brand")
    return found.id


def _use(one: Offered) -> dict[str, Any]:
    told = {name: getattr(one.certificate, name) for name in UseOut.model_fields if hasattr(one.certificate, name)}
    return {**told, "sku": one.deal.sku, "value_minor": one.value_minor}


def _deal(one: Deal) -> dict[str, Any]:
    return asdict(one)


def _connection(one: Connection, brand: UUID) -> dict[str, Any]:
    codes = {store.id: store.code for store in list_stores(brand)}
    return {**asdict(one), "stores": sorted(codes.get(store, "") for store in one.shops)}
