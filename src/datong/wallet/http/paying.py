"""Scan to pay over HTTP: authorise, look, release; an order takes it at its own address."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.kernel.bodies import NUMBER, STORABLE, Body, Moment
from datong.kernel.money import MAX_MINOR
from datong.wallet import api
from datong.wallet.http.common import Currency, Key, Minor, Ref, Text, store_of
from datong.wallet.types.paying import PayAsk, PaymentState, PointsAsk, TakeKind, Tender, WalletPayment
from datong.wallet.types.vouchers import Basket, Place

router = Router(tags=["wallet"])


class TenderIn(Body):
    """What is paid with beside the card; a provider with its `name` (wechat, alipay) and its number `ref`."""

    kind: Literal["cash", "provider"]
    amount_minor: Minor
    name: Text = ""
    ref: Ref = ""


class PointsIn(Body):
    """Points that pay a part; without `points` as many as there are and the programme lets. `programme` '': the first
    in force."""

    points: Annotated[int, Field(ge=1, le=1_000_000_000), NUMBER] | None = None
    programme: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""


class PaidFor(Body):
    """What is paid for, for the rules of vouchers; `total_minor` is the amount where it is not said."""

    total_minor: Annotated[int, Field(ge=0, le=MAX_MINOR), NUMBER] | None = None
    units: Annotated[int, Field(ge=0, le=1_000_000), NUMBER] = 1
    skus: Annotated[list[Text], Field(max_length=500)] = []
    categories: Annotated[list[Text], Field(max_length=500)] = []


class Authorise(Body):
    """`code`: what the till scanned from the phone; `gifts` and `vouchers`: codes of gift cards and of vouchers.
    Vouchers pay first, then `coupons` (their ids, as verified at the platform), then points, then the purses.
    `partial`: take what there is.

    `taken_at`: for a payment a till took without network; it is booked whatever the balance.
    """

    amount_minor: Minor
    currency: Currency
    code: Text = ""
    gifts: Annotated[list[Text], Field(max_length=10)] = []
    tenders: Annotated[list[TenderIn], Field(max_length=10)] = []
    vouchers: Annotated[list[Text], Field(max_length=5)] = []
    coupons: Annotated[list[UUID], Field(max_length=50)] = []
    points: PointsIn | None = None
    store: Text = ""
    channel: Text = ""
    basket: PaidFor = PaidFor()
    partial: StrictBool = False
    taken_at: Moment | None = None


class TakeOut(Schema):
    """What was taken from what: a part (principal, bonus) of a purse, `points` (`name`: their programme), a voucher
    (`name`: its offer, `ref`: its id), a platform's
    coupon (`name`: the platform, `ref`: its id), cash, or a provider's payment."""

    kind: TakeKind
    amount_minor: int
    purse_id: UUID | None
    part: str
    name: str
    ref: str
    captured_minor: int
    points: int


class WalletPaymentOut(Schema):
    """`due_minor` is still to be paid otherwise; `short_minor` was gone when a late payment was settled."""

    id: UUID
    state: PaymentState
    amount_minor: int
    currency: str
    customer_id: UUID | None
    due_minor: int
    short_minor: int
    at: datetime
    expires_at: datetime | None
    takes: list[TakeOut]


def payment_out(payment: WalletPayment) -> dict[str, Any]:
    return {**asdict(payment), "takes": [asdict(take) for take in payment.takes]}


@router.post(
    "/wallet/payments",
    response={200: WalletPaymentOut, 404: None, 409: None, 429: None},
    summary="Scan to pay",
    operation_id="authorise_payment",
)
def authorise_payment(request: HttpRequest, wanted: Authorise, idempotency_key: Key) -> dict[str, Any]:
    """Put money of the scanned card aside. The answer tells what is taken from what; an order takes it with
    `POST /v1/orders/{order_id}/wallet`, or it goes back by itself after some minutes.

    409 `insufficient_balance` and `insufficient_points` name what there is; the code's own refusals are those of
    `POST /v1/cards/scan`, a voucher's those of `POST /v1/vouchers/check`. Whatever is refused, nothing is taken.
    """
    client = require(request, Scope.WALLET_PAY)
    basket = wanted.basket
    ask = PayAsk(
        wanted.amount_minor,
        wanted.currency,
        f"{client.id} {idempotency_key}"[:200] if idempotency_key else "",
        wanted.code.strip(),
        tuple(wanted.gifts),
        tuple(Tender(TakeKind(t.kind), t.amount_minor, t.name[:60].strip(), t.ref) for t in wanted.tenders),
        store_of(client.brand_id, wanted.store),
        wanted.partial,
        wanted.taken_at,
        tuple(wanted.vouchers),
        PointsAsk(wanted.points.points, wanted.points.programme) if wanted.points else None,
        Place(wanted.store, wanted.channel),
        Basket(basket.total_minor, basket.units, tuple(basket.skus), tuple(basket.categories)),
        tuple(wanted.coupons),
    )
    by = f"client {client.name}"
    return payment_out(api.authorise(ask, brand=client.brand_id, by=by, asker=f"client {client.id}"))


@router.get(
    "/wallet/payments/{payment_id}",
    response={200: WalletPaymentOut, 404: None},
    summary="A payment",
    operation_id="get_wallet_payment",
)
def get_wallet_payment(request: HttpRequest, payment_id: UUID) -> dict[str, Any]:
    """A payment as it stands, with what it took."""
    client = require(request, Scope.WALLET_PAY)
    return payment_out(api.wallet_payment(client.brand_id, payment_id))


@router.post(
    "/wallet/payments/{payment_id}/release",
    response={200: WalletPaymentOut, 404: None, 409: None},
    summary="Give it back",
    operation_id="release_wallet_payment",
)
def release_wallet_payment(request: HttpRequest, payment_id: UUID) -> dict[str, Any]:
    """What was put aside and not taken is free again. The same again changes nothing."""
    client = require(request, Scope.WALLET_PAY)
    return payment_out(api.release_payment(payment_id, brand=client.brand_id))
