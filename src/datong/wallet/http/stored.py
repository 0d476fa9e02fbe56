"""Stored value over HTTP: purses, top-ups, refunds, transfers, gift cards."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from datong.access.api import require
from datong.access.types import Scope
from datong.customers.api import customer_page
from datong.kernel.bodies import NUMBER, Body, Moment
from datong.wallet import api
from datong.wallet.http.common import Currency, Key, Minor, Reason, Ref, Text, Word, store_of
from datong.wallet.types.stored import Opening, Purse, PurseKind, PurseState

router = Router(tags=["wallet"])


class PurseOut(Schema):
    """A purse; amounts in minor units of `currency`. `principal` was paid for, `bonus` given; `held`: put aside."""

    id: UUID
    kind: PurseKind
    customer_id: UUID | None
    currency: str
    state: PurseState
    opened_at: datetime
    expires_at: datetime | None
    code_end: str
    issuer: str
    batch: str
    principal_minor: int
    bonus_minor: int
    held_minor: int
    available_minor: int


class PurseList(Schema):
    """The purses of all records of the person, the oldest first."""

    purses: list[PurseOut]


def purse_out(purse: Purse) -> dict[str, Any]:
    return {**asdict(purse), "available_minor": purse.available_minor}


@router.get(
    "/customers/{customer_id}/purses",
    response={200: PurseList, 404: None},
    summary="A customer's stored value",
    operation_id="list_purses",
)
def list_purses(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """What the person has, of all records; the same at every channel."""
    client = require(request, Scope.WALLET_READ)
    customer_page(client.brand_id, customer_id)
    return {"purses": [purse_out(purse) for purse in api.purses_of(client.brand_id, customer_id)]}


class OpenPurse(Body):
    """`expires_at` only where the place lets named cards expire."""

    currency: Currency
    expires_at: Moment | None = None


@router.post(
    "/customers/{customer_id}/purses",
    response={200: PurseOut, 404: None, 409: None},
    summary="Open a purse",
    operation_id="open_purse",
)
def open_purse(request: HttpRequest, customer_id: UUID, wanted: OpenPurse, idempotency_key: Key = "") -> dict[str, Any]:
    """Stored value of this record. With an Idempotency-Key the call may be sent again: it is carried out once."""
    client = require(request, Scope.WALLET_WRITE)
    opening = Opening(PurseKind.PREPAID, wanted.currency, customer_id, wanted.expires_at)
    key = f"{client.id} {idempotency_key}" if idempotency_key else ""
    return purse_out(api.open_purse(opening, brand=client.brand_id, by=f"client {client.name}", key=key))


class PutOn(Body):
    """`method`: where the money came from (cash, wechat, alipay...); `ref`: the provider's number of it.

    `store`: the code of the store that took it; a franchisee's or partner's then owes it to the brand.
    """

    amount_minor: Minor
    method: Word = "cash"
    ref: Ref = ""
    store: Text = ""


class TopUpOut(Schema):
    id: UUID
    purse_id: UUID
    principal_minor: int
    bonus_minor: int
    method: str
    ref: str
    at: datetime


@router.post(
    "/purses/{purse_id}/top-ups",
    response={200: TopUpOut, 404: None, 409: None},
    summary="Put money on a purse",
    operation_id="top_up",
)
def top_up(request: HttpRequest, purse_id: UUID, wanted: PutOn, idempotency_key: Key) -> dict[str, Any]:
    """Principal, and the bonus of the brand's rules. The Idempotency-Key is needed: the same again is the same."""
    client = require(request, Scope.WALLET_WRITE)
    made = api.top_up(
        purse_id,
        wanted.amount_minor,
        brand=client.brand_id,
        by=f"client {client.name}",
        key=f"{client.id} {idempotency_key}"[:200] if idempotency_key else "",
        method=wanted.method,
        ref=wanted.ref,
        store_id=store_of(client.brand_id, wanted.store),
        channel_id=client.channel_id,
    )
    return asdict(made)


class PayOut(Body):
    amount_minor: Minor
    reason: Reason


class PaidBackOut(Schema):
    """To where the principal came from; `bonus_minor` was taken back with it."""

    top_up_id: UUID
    method: str
    ref: str
    amount_minor: int
    bonus_minor: int


class PaidBackList(Schema):
    parts: list[PaidBackOut]


@router.post(
    "/purses/{purse_id}/refunds",
    response={200: PaidBackList, 404: None, 409: None},
    summary="Pay principal back",
    operation_id="refund_purse",
)
def refund_purse(request: HttpRequest, purse_id: UUID, wanted: PayOut, idempotency_key: Key) -> dict[str, Any]:
    """Principal goes back to where it came from, the newest top-up first; a bonus is never paid out."""
    client = require(request, Scope.WALLET_WRITE)
    by, key = f"client {client.name}", f"{client.id} {idempotency_key}"[:200] if idempotency_key else ""
    parts = api.pay_out(purse_id, wanted.amount_minor, brand=client.brand_id, by=by, key=key, reason=wanted.reason)
    return {"parts": [asdict(part) for part in parts]}


class Move(Body):
    to_id: UUID
    amount_minor: Minor
    reason: Reason


@router.post(
    "/purses/{purse_id}/transfers",
    response={200: PurseList, 404: None, 409: None},
    summary="Move money to another purse",
    operation_id="transfer_purse",
)
def transfer_purse(request: HttpRequest, purse_id: UUID, wanted: Move, idempotency_key: Key) -> dict[str, Any]:
    """Principal only; the answer is both purses."""
    client = require(request, Scope.WALLET_WRITE)
    both = api.transfer(
        purse_id,
        wanted.to_id,
        wanted.amount_minor,
        brand=client.brand_id,
        by=f"client {client.name}",
        key=f"{client.id} {idempotency_key}"[:200] if idempotency_key else "",
        reason=wanted.reason,
    )
    return {"purses": [purse_out(purse) for purse in both]}


class Why(Body):
    reason: Reason


@router.post(
    "/purses/{purse_id}/freeze",
    response={200: PurseOut, 404: None, 409: None},
    summary="Freeze a purse",
    operation_id="freeze_purse",
)
def freeze_purse(request: HttpRequest, purse_id: UUID, why: Why) -> dict[str, Any]:
    """Nothing is paid from it until it is given free. The same again changes nothing."""
    client = require(request, Scope.WALLET_WRITE)
    by = f"client {client.name}"
    return purse_out(api.freeze_purse(purse_id, brand=client.brand_id, by=by, reason=why.reason))


@router.post(
    "/purses/{purse_id}/unfreeze",
    response={200: PurseOut, 404: None, 409: None},
    summary="Give a purse free",
    operation_id="unfreeze_purse",
)
def unfreeze_purse(request: HttpRequest, purse_id: UUID, why: Why) -> dict[str, Any]:
    """It pays again."""
    client = require(request, Scope.WALLET_WRITE)
    by = f"client {client.name}"
    return purse_out(api.unfreeze_purse(purse_id, brand=client.brand_id, by=by, reason=why.reason))


class IssueGifts(Body):
    """`price_minor`: what each is sold for, where that is less than what is on it."""

    count: Annotated[int, Field(ge=1, le=100), NUMBER]
    face_minor: Minor
    currency: Currency
    expires_at: Moment | None = None
    price_minor: Minor | None = None
    method: Word = "cash"
    issuer: Text = ""
    licence: Text = ""
    batch: Text = ""


class GiftOut(Schema):
    """A card with a code; the code is told this once."""

    purse_id: UUID
    code: str
    amount_minor: int
    currency: str
    expires_at: datetime | None


class GiftList(Schema):
    cards: list[GiftOut]


@router.post("/gift-cards", response={200: GiftList, 409: None}, summary="Issue gift cards", operation_id="issue_gifts")
def issue_gifts(request: HttpRequest, wanted: IssueGifts, idempotency_key: Key = "") -> dict[str, Any]:
    """Cards for whoever has the code; with an `issuer` they are a partner's, who owes what they were sold for.

    With an Idempotency-Key a second call is a 409: the codes are told once and not kept."""
    client = require(request, Scope.WALLET_WRITE)
    kind = PurseKind.PARTNER if wanted.issuer.strip() else PurseKind.GIFT
    opening = Opening(
        kind,
        wanted.currency,
        None,
        wanted.expires_at,
        wanted.issuer.strip(),
        wanted.licence.strip(),
        wanted.batch.strip()[:60],
    )
    made = api.issue_gifts(
        wanted.count,
        wanted.face_minor,
        opening,
        brand=client.brand_id,
        by=f"client {client.name}",
        price_minor=wanted.price_minor,
        method=wanted.method,
        key=f"{client.id} {idempotency_key}" if idempotency_key else "",
    )
    return {"cards": [asdict(card) for card in made]}
