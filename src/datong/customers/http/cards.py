"""Membership cards over HTTP: issue, freeze, replace, scan."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema
from pydantic import StringConstraints

from datong.access.api import require, sees_people
from datong.access.types import Scope
from datong.customers import api
from datong.customers.types.cards import Card, CardState, CardUse
from datong.kernel.bodies import READABLE, STORABLE, Body

router = Router(tags=["cards"])

Key = Annotated[str, Header(max_length=200)]
Reason = Annotated[str, StringConstraints(max_length=300), READABLE]
Text = Annotated[str, StringConstraints(max_length=120), STORABLE]


class CardOut(Schema):
    """A membership card. `page` is the member's own page that shows the code: whoever has it has the card."""

    id: UUID
    customer_id: UUID
    number: str
    state: CardState
    issued_at: datetime
    changed_at: datetime
    reason: str
    replaced_by: UUID | None
    page: str


class CardList(Schema):
    """Cards in use first, the newest first."""

    cards: list[CardOut]


def _out(card: Card, brand: UUID) -> dict[str, Any]:
    return {**asdict(card), "page": api.card_page(brand, card.id)}


@router.get(
    "/customers/{customer_id}/cards",
    response={200: CardList, 404: None},
    summary="A customer's cards",
    operation_id="list_cards",
)
def list_cards(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """The cards of all records of the person."""
    client = require(request, Scope.CUSTOMERS_READ)
    api.customer_page(client.brand_id, customer_id)
    return {"cards": [_out(card, client.brand_id) for card in api.cards_of(client.brand_id, customer_id)]}


class IssueCard(Body):
    """`number`: of an older system; '' mints one."""

    number: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""


@router.post(
    "/customers/{customer_id}/cards",
    response={200: CardOut, 404: None, 409: None},
    summary="Issue a card",
    operation_id="issue_card",
)
def issue_card(request: HttpRequest, customer_id: UUID, wanted: IssueCard, idempotency_key: Key = "") -> dict[str, Any]:
    """A membership card for this record. With an Idempotency-Key the call may be sent again: it is carried out once."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    card = api.issue_card(
        customer_id,
        brand=client.brand_id,
        by=f"client {client.name}",
        number=wanted.number.strip(),
        channel_id=client.channel_id,
        key=f"{client.id} {idempotency_key}" if idempotency_key else "",
    )
    return _out(card, client.brand_id)


class WhyCard(Body):
    reason: Reason


@router.post(
    "/cards/{card_id}/freeze",
    response={200: CardOut, 404: None, 409: None},
    summary="Freeze a card",
    operation_id="freeze_card",
)
def freeze_card(request: HttpRequest, card_id: UUID, why: WhyCard) -> dict[str, Any]:
    """Nothing is identified by it or paid with it until it is given free. The same again changes nothing."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    by = f"client {client.name}"
    return _out(api.freeze_card(card_id, brand=client.brand_id, by=by, reason=why.reason), client.brand_id)


@router.post(
    "/cards/{card_id}/unfreeze",
    response={200: CardOut, 404: None, 409: None},
    summary="Give a card free",
    operation_id="unfreeze_card",
)
def unfreeze_card(request: HttpRequest, card_id: UUID, why: WhyCard) -> dict[str, Any]:
    """The card is taken again; phones that showed it still do."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    by = f"client {client.name}"
    return _out(api.unfreeze_card(card_id, brand=client.brand_id, by=by, reason=why.reason), client.brand_id)


@router.post(
    "/cards/{card_id}/replace",
    response={200: CardOut, 404: None, 409: None},
    summary="Replace a card",
    operation_id="replace_card",
)
def replace_card(request: HttpRequest, card_id: UUID, why: WhyCard) -> dict[str, Any]:
    """A new card in its place; the old number, codes and page end. The same again gives the card that is there now."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    by = f"client {client.name}"
    return _out(api.replace_card(card_id, brand=client.brand_id, by=by, reason=why.reason), client.brand_id)


class ScanCard(Body):
    """What the scanner read, and what it is for: `identify` (also by the printed number) or `pay`."""

    code: Text
    use: CardUse = CardUse.IDENTIFY


class MemberOut(Schema):
    """Whose card it is; `name` is '' unless the key may read customers. `fresh`: the code is of this moment."""

    card_id: UUID
    number: str
    customer_id: UUID
    head_id: UUID
    name: str
    fresh: bool


@router.post(
    "/cards/scan",
    response={200: MemberOut, 404: None, 409: None, 429: None},
    summary="Scan a card",
    operation_id="scan_card",
)
def scan_card(request: HttpRequest, shown: ScanCard) -> dict[str, Any]:
    """Whose card was shown. A refusal names why in `problems`: code_expired, code_used, code_needed, card_frozen,
    card_replaced, card_other_brand; 404 for a number or code that is none. Wrong codes are counted (429).
    """
    client = require(request, Scope.CARDS_SCAN)
    member = api.scan(shown.code, brand=client.brand_id, asker=f"client {client.id}", use=shown.use)
    return {
        "card_id": member.card_id,
        "number": member.number,
        "customer_id": member.customer_id,
        "head_id": member.head_id,
        "name": member.name if sees_people(client) else "",
        "fresh": member.fresh,
    }
