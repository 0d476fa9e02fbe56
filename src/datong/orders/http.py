"""Reading the order book over HTTP. Orders come in through `integration`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.kernel.pages import read_cursor, write_cursor
from datong.orders import api

router = Router(tags=["orders"])

Word = Annotated[str, StringConstraints(max_length=120)]


class OrderRow(Schema):
    """One order of the list; amounts are minor units of `currency`."""

    id: UUID
    number: str
    channel_id: UUID
    external_id: str
    customer_id: UUID | None
    store_id: UUID | None
    state: str
    fulfilment: str
    payment: str
    paid: bool
    total_minor: int
    currency: str
    units: int
    exceptions: int
    placed_at: datetime
    promised_at: datetime | None
    distance_m: int | None


class OrderPage(Schema):
    """A page, newest first; `next` is the cursor of the page after it, absent on the last."""

    orders: list[OrderRow]
    next: str | None = None


class OrderFilter(Schema):
    channel_id: UUID | None = None
    store_id: UUID | None = None
    state: Word = ""
    text: Word = ""
    needs_hand: bool = False
    cursor: Word = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/orders", response=OrderPage, summary="List orders", operation_id="list_orders")
def list_orders(request: HttpRequest, wanted: Query[OrderFilter]) -> dict[str, Any]:
    """All channels in one list, newest first, filtered and paged by key."""
    client = require(request, Scope.ORDERS_READ)
    page = api.board(
        client.brand_id,
        api.BoardFilter(
            channel_id=wanted.channel_id,
            store_id=wanted.store_id,
            state=wanted.state,
            text=wanted.text,
            needs_hand=wanted.needs_hand,
            before=read_cursor(wanted.cursor),
            limit=wanted.limit,
        ),
    )
    return {"orders": page.rows, "next": write_cursor(page.rows[-1].id) if page.more else None}


class OrderDetail(OrderRow):
    """An order with its lines, its timeline, what needs a hand, and why its store was chosen."""

    tax_minor: int
    quoted_minor: int | None
    amounts: dict[str, int] | None
    lines: list[dict[str, Any]]
    timeline: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    decisions: list[dict[str, Any]]


@router.get("/orders/{number}", response=OrderDetail, summary="One order", operation_id="get_order")
def get_order(request: HttpRequest, number: Word) -> dict[str, Any]:
    """The order with this number or id."""
    client = require(request, Scope.ORDERS_READ)
    view = api.order_page(client.brand_id, _key(number))
    plain = {name: getattr(view, name) for name in OrderDetail.model_fields if name not in _LISTS}
    return {**plain, **{name: [_fields(row) for row in getattr(view, name)] for name in _LISTS}}


_LISTS = ("lines", "timeline", "findings", "decisions")


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def _key(number: str) -> UUID | str:
    try:
        return UUID(number)
    except ValueError:
        return number
