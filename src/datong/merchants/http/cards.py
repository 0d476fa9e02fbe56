"""Cards of partner brands over HTTP: take a delivery in, what became of it, sell, give back."""

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
from datong.brand.api import store_by_code
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body, Moment
from datong.kernel.errors import BadValue
from datong.kernel.money import MAX_MINOR
from datong.merchants import api
from datong.merchants.http.common import Currency, Key, Reason, by_of
from datong.merchants.types.cards import CardBatch, CardDeal, CardReport, PartnerCardState

router = Router(tags=["partners"])

Minor = Annotated[int, Field(ge=1, le=MAX_MINOR), NUMBER]
Code = Annotated[str, StringConstraints(min_length=4, max_length=80), STORABLE]
Method = Annotated[str, StringConstraints(pattern="^[a-z0-9:_-]{1,40}$")]
GONE: dict[int, None] = {404: None, 409: None}


class CardBatchIn(Body):
    """A delivery of a partner's cards. `cost_minor` goes to the partner: for each that came where they are bought out,
    for each that is sold where they are sold for commission."""

    company_id: UUID
    name: Annotated[str, StringConstraints(min_length=1, max_length=120), READABLE]
    deal: CardDeal
    currency: Currency
    face_minor: Minor
    price_minor: Minor
    cost_minor: Minor
    licence: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    expires_at: Moment | None = None
    refund_days: Annotated[int, Field(ge=0, le=365), NUMBER] = 7
    codes: Annotated[list[Code], Field(min_length=1, max_length=5_000)]


class CardBatchOut(Schema):
    """`revenue_minor`, `cost_minor`, `margin_minor`: of what is sold and not given back; what was written off lessens
    the margin. `stock_minor`: what those that are ours and unsold cost."""

    id: UUID
    company_id: UUID
    name: str
    deal: CardDeal
    currency: str
    face_minor: int
    price_minor: int
    cost_each_minor: int
    licence: str
    expires_at: datetime | None
    refund_days: int
    active: bool
    count: int
    stock: int
    sold: int
    spent: int
    returned: int
    lost: int
    revenue_minor: int
    cost_minor: int
    margin_minor: int
    stock_minor: int


class CardBatchPage(Schema):
    deliveries: list[CardBatchOut]
    next: UUID | None


def report_out(report: CardReport) -> dict[str, Any]:
    said = asdict(report.batch)
    said["cost_each_minor"] = said.pop("cost_minor")
    counts = {name: getattr(report, name) for name in ("count", "stock", "sold", "spent", "returned", "lost")}
    money = ("revenue_minor", "cost_minor", "margin_minor", "stock_minor")
    return {**said, **counts, **{name: getattr(report, name) for name in money}}


@router.put(
    "/partner-cards/{batch_id}",
    response={200: CardBatchOut, **GONE},
    summary="Take a partner's cards in",
    operation_id="take_in_cards",
)
def take_in_cards(request: HttpRequest, batch_id: UUID, wanted: CardBatchIn) -> dict[str, Any]:
    """`batch_id` is a UUIDv7 of the caller; the same with the same codes again is the same. Codes are kept sealed."""
    client = require(request, Scope.PARTNERS_WRITE)
    said = wanted.model_dump(exclude={"codes"})
    return report_out(
        api.take_in_cards(CardBatch(batch_id, **said), wanted.codes, brand=client.brand_id, by=by_of(client))
    )


class CardBatchQuery(Schema):
    on_sale: bool = False
    before: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get(
    "/partner-cards",
    response=CardBatchPage,
    summary="Partners' cards and their margin",
    operation_id="list_cards_sold",
)
def list_card_batches(request: HttpRequest, asked: Query[CardBatchQuery]) -> dict[str, Any]:
    """Deliveries, the newest first, with what is sold and not; `before` is the `next` of the page before."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    found = api.card_reports(brand, on_sale=asked.on_sale, before=asked.before, limit=asked.limit)
    following = found[-1].batch.id if len(found) == asked.limit else None
    return {"deliveries": [report_out(each) for each in found], "next": following}


class SellIn(Body):
    """How many, and where the money came: `method` (cash, wechat, alipay), the provider's number `ref`."""

    cards: Annotated[int, Field(ge=1, le=50), NUMBER] = 1
    method: Method = "cash"
    ref: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""
    store: Annotated[str, StringConstraints(max_length=60), STORABLE] = ""
    customer_id: UUID | None = None


class CardSaleOut(Schema):
    """`codes` are the buyer's: they are what is spent at the partner."""

    id: UUID
    batch_id: UUID
    name: str
    customer_id: UUID | None
    price_minor: int
    currency: str
    method: str
    at: datetime
    codes: list[str]


@router.post(
    "/partner-cards/{batch_id}/sales",
    response={200: CardSaleOut, **GONE},
    summary="Sell a partner's cards",
    operation_id="sell_cards",
)
def sell_cards(request: HttpRequest, batch_id: UUID, wanted: SellIn, idempotency_key: Key) -> dict[str, Any]:
    """The answer has the codes; the same Idempotency-Key again is the same sale with the same codes.

    409 `none_left`, `not_on_sale`, `their_store`: nothing was sold."""
    client = require(request, Scope.WALLET_WRITE)
    made = api.sell_cards(
        batch_id,
        wanted.cards,
        brand=client.brand_id,
        by=by_of(client),
        key=f"{client.id} {idempotency_key}"[:200] if idempotency_key else "",
        method=wanted.method,
        ref=wanted.ref,
        store_id=store_of(client.brand_id, wanted.store),
        customer_id=wanted.customer_id,
    )
    return asdict(made)


def store_of(brand: UUID, code: str) -> UUID | None:
    found = store_by_code(brand, code)
    if code and found is None:
        raise BadValue("/store", code, "the code of a store of this brand")
    return found.id if found else None


class PartnerCardOut(Schema):
    id: UUID
    batch_id: UUID
    code_end: str
    state: PartnerCardState
    sale_id: UUID | None
    sold_at: datetime | None
    customer_id: UUID | None


class PartnerCardPage(Schema):
    cards: list[PartnerCardOut]
    next: UUID | None


class PartnerCardQuery(Schema):
    state: PartnerCardState | None = None
    end: Annotated[str, StringConstraints(max_length=4)] = ""
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get(
    "/partner-cards/{batch_id}/cards",
    response={200: PartnerCardPage, 404: None},
    summary="Cards of a delivery",
    operation_id="list_partner_cards",
)
def list_partner_cards(request: HttpRequest, batch_id: UUID, asked: Query[PartnerCardQuery]) -> dict[str, Any]:
    """Of their codes only the end is told. `after` is the `next` of the page before."""
    brand = require(request, Scope.PARTNERS_READ).brand_id
    api.card_report(brand, batch_id)
    found = api.partner_cards(brand, batch_id, state=asked.state, end=asked.end, after=asked.after, limit=asked.limit)
    return {"cards": [asdict(each) for each in found], "next": found[-1].id if len(found) == asked.limit else None}


class CardBackIn(Body):
    """`proof`: the partner's number under which it says that the card was not spent and has blocked its code."""

    proof: Annotated[str, StringConstraints(min_length=1, max_length=120), READABLE]
    reason: Reason


@router.post(
    "/partner-cards/cards/{card_id}/refund",
    response={200: PartnerCardOut, **GONE},
    summary="Take a sold card back",
    operation_id="refund_partner_card",
)
def refund_partner_card(request: HttpRequest, card_id: UUID, wanted: CardBackIn) -> dict[str, Any]:
    """Its price goes back to where it was paid; twice is once. 409 `spent`, `not_sold`, `too_late`."""
    client = require(request, Scope.WALLET_WRITE)
    by = by_of(client)
    return asdict(api.refund_card(card_id, brand=client.brand_id, by=by, proof=wanted.proof, reason=wanted.reason))


class RenewIn(Body):
    code: Code


@router.post(
    "/partner-cards/cards/{card_id}/code",
    response={200: PartnerCardOut, **GONE},
    summary="A new code for a card that came back",
    operation_id="renew_partner_card",
)
def renew_partner_card(request: HttpRequest, card_id: UUID, wanted: RenewIn) -> dict[str, Any]:
    """The partner's new code; the card can be sold again."""
    client = require(request, Scope.PARTNERS_WRITE)
    return asdict(api.renew_card(card_id, wanted.code, brand=client.brand_id, by=by_of(client)))


class SpentIn(Body):
    codes: Annotated[list[Code], Field(min_length=1, max_length=5_000)]


class SpentOut(Schema):
    marked: int


@router.post(
    "/partner-cards/{batch_id}/spent",
    response={200: SpentOut, **GONE},
    summary="Cards that were spent",
    operation_id="spent_partner_cards",
)
def spent_partner_cards(request: HttpRequest, batch_id: UUID, wanted: SpentIn) -> dict[str, Any]:
    """The partner's word: these are not given back any more. `marked`: how many were sold and not marked yet."""
    client = require(request, Scope.PARTNERS_WRITE)
    return {"marked": api.spent_cards(batch_id, wanted.codes, brand=client.brand_id, by=by_of(client))}


class OpenIn(Body):
    """`write_off`: what is left will not be sold, and leaves the stock as waste; it needs a reason."""

    active: StrictBool
    write_off: StrictBool = False
    reason: Annotated[str, StringConstraints(max_length=300), READABLE] = ""


@router.post(
    "/partner-cards/{batch_id}/state",
    response={200: CardBatchOut, **GONE},
    summary="Sell a delivery, stop it, or write it off",
    operation_id="open_partner_cards",
)
def open_partner_cards(request: HttpRequest, batch_id: UUID, wanted: OpenIn) -> dict[str, Any]:
    """The same again changes nothing."""
    client = require(request, Scope.PARTNERS_WRITE)
    brand, by = client.brand_id, by_of(client)
    if wanted.write_off:
        return report_out(api.write_off_cards(batch_id, brand=brand, by=by, reason=wanted.reason))
    return report_out(api.open_cards(batch_id, brand=brand, by=by, active=wanted.active))
