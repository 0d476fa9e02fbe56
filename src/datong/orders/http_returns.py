"""Returns over HTTP: asked for, decided, received at a store, given back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import Field, StrictBool, StringConstraints

from datong.access.api import require
from datong.access.types import ApprovalState, Machine, Scope
from datong.brand.api import list_stores
from datong.kernel.bodies import NUMBER, READABLE, STORABLE, Body
from datong.kernel.errors import BadValue
from datong.kernel.money import Money
from datong.orders import api
from datong.orders.http import RefundAskedOut, RefundLine
from datong.orders.types.returns import Return, ReturnState, ReturnWay

router = Router(tags=["orders"])
Why = Annotated[str, StringConstraints(min_length=1, max_length=300), READABLE]
GONE: dict[int, None] = {404: None, 409: None}


class ReturnIn(Body):
    """Units the customer has and gives back. `approved`: you say yes with it, else a person of the brand does."""

    lines: Annotated[list[RefundLine], Field(min_length=1, max_length=40)]
    reason: Why
    how: ReturnWay = ReturnWay.STORE
    approved: StrictBool = False


class ReturnLineOut(Schema):
    """Of `units` that came, `shelf` can be sold again, `written_off` cannot."""

    line_no: int
    units: int
    shelf: int
    written_off: int


class ReturnOut(Schema):
    """The goods: `state`, `store_id`, `received_at`, `lines`. The money: `amount_minor` was paid for the units,
    `back_minor` was asked to go back by `approval_id`. `exchange_id`: the order that came in place of it."""

    id: UUID
    order_id: UUID
    state: ReturnState
    how: ReturnWay
    reason: str
    amount_minor: int
    currency: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str
    store_id: UUID | None
    received_by: str
    received_at: datetime | None
    approval_id: UUID | None
    back_minor: int
    exchange_id: UUID | None
    lines: list[ReturnLineOut]


def out(made: Return) -> dict[str, Any]:
    return asdict(made)


@router.post(
    "/orders/{order_id}/returns",
    response={201: ReturnOut, **GONE},
    summary="Ask for a return",
    operation_id="ask_return",
)
def ask_return(
    request: HttpRequest,
    order_id: UUID,
    wanted: ReturnIn,
    idempotency_key: Annotated[str, Header(min_length=1, max_length=80)],
) -> Status[dict[str, Any]]:
    """Units that are on their way back count already: never more come back than were sold. 409 while the goods are not
    handed over: those are taken out of the order instead."""
    client = require(request, Scope.ORDERS_WRITE)
    units = {line.line_no: line.units for line in wanted.lines}
    if len(units) < len(wanted.lines):
        raise BadValue("/lines", len(wanted.lines), "each line once")
    made = api.ask_return(
        order_id,
        units=units,
        reason=wanted.reason,
        key=f"api:{client.id.hex} {idempotency_key}",
        brand=client.brand_id,
        who=f"client {client.name}"[:120],
        how=wanted.how,
        approved=wanted.approved,
    )
    return Status(201, out(made))


@router.get(
    "/orders/{order_id}/returns",
    response={200: list[ReturnOut], 404: None},
    summary="Returns of an order",
    operation_id="list_returns",
)
def list_returns(request: HttpRequest, order_id: UUID) -> list[dict[str, Any]]:
    """The oldest first."""
    brand = require(request, Scope.ORDERS_READ).brand_id
    return [out(each) for each in api.returns_of(brand, [api.order_page(brand, order_id).id])]


class ReturnDecisionIn(Body):
    """A word on `why` when it is refused."""

    approve: StrictBool
    why: Annotated[str, StringConstraints(max_length=300), STORABLE] = ""


@router.post(
    "/returns/{return_id}/decision",
    response={200: ReturnOut, **GONE},
    summary="Approve or refuse a return",
    operation_id="decide_return",
)
def decide_return(request: HttpRequest, return_id: UUID, wanted: ReturnDecisionIn) -> dict[str, Any]:
    """The same word again changes nothing; 409 for another."""
    client = require(request, Scope.ORDERS_WRITE)
    who = f"client {client.name}"[:120]
    return out(api.decide_return(return_id, approve=wanted.approve, brand=client.brand_id, who=who, why=wanted.why))


class ShelfLine(Body):
    """How many units of a line can be sold again."""

    line_no: Annotated[int, Field(ge=0, le=32_767), NUMBER]
    units: Annotated[int, Field(ge=0, le=100_000), NUMBER]


class ReceiptOfReturnIn(Body):
    """`store`: the code of the store that has the goods now. `shelf`: what can be sold again; the rest is written
    off."""

    store: Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
    shelf: Annotated[list[ShelfLine], Field(max_length=40)] = []


@router.post(
    "/returns/{return_id}/receipt",
    response={200: ReturnOut, **GONE},
    summary="Goods came back",
    operation_id="receive_return",
)
def receive_return(request: HttpRequest, return_id: UUID, wanted: ReceiptOfReturnIn) -> dict[str, Any]:
    """The goods of an approved return are here; twice is once. Their stock is the receiving store's."""
    client = require(request, Scope.ORDERS_WRITE)
    store = next((s for s in list_stores(client.brand_id) if s.code == wanted.store), None)
    if store is None:
        raise BadValue("/store", wanted.store, "the code of a store of the brand")
    shelf = {line.line_no: line.units for line in wanted.shelf}
    who = f"client {client.name}"[:120]
    return out(api.receive_return(return_id, store_id=store.id, shelf=shelf, brand=client.brand_id, who=who))


@router.post(
    "/returns/{return_id}/refund",
    response={200: RefundAskedOut, 202: RefundAskedOut, **GONE},
    summary="Give the money of a return back",
    operation_id="refund_return",
)
def refund_return(request: HttpRequest, return_id: UUID) -> Status[dict[str, Any]]:
    """What was paid for the goods that came goes back, once: at once (200) within what programs may do alone, else a
    person decides (202). 409 before the goods came, and when nothing is left of the payment."""
    client = require(request, Scope.ORDERS_WRITE)
    found = api.get_return(client.brand_id, return_id)
    asked = api.refund_return(
        return_id,
        brand=client.brand_id,
        by=Machine(client.id, client.brand_id, f"client {client.name}"[:120]),
        shown=lambda minor: Money(minor, found.currency).format("en"),
        href=f"/returns/{found.order_id}/",
    )
    answer = {
        "approval_id": asked.id,
        "state": asked.state.value,
        "amount_minor": asked.facts["refund_minor"],
        "currency": found.currency,
    }
    return Status(202 if asked.state is ApprovalState.PENDING else 200, answer)
