"""Purchasing over HTTP: proposals, orders, receipts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import list_stores
from datong.catalog.api import items_by_id, items_by_sku
from datong.catalog.types import Item
from datong.kernel.bodies import NUMBER, STORABLE, Body
from datong.kernel.errors import BadInput, Problem
from datong.kernel.pages import CURSOR, read_cursor, write_cursor
from datong.purchasing import api
from datong.purchasing.types import PurchaseOrder

router = Router(tags=["purchasing"])

Sku = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]


class ProposalOut(Schema):
    """What a store should order of an item, with the figures it was made from; `price_minor` is of one unit."""

    store: str
    sku: str
    supplier: str
    units: int
    price_minor: int
    why: str
    facts: dict[str, Any]
    made_at: datetime


class ProposalsOut(Schema):
    proposals: list[ProposalOut]


@router.get("/purchasing/proposals", response=ProposalsOut, summary="Order proposals", operation_id="list_proposals")
def list_proposals(request: HttpRequest) -> dict[str, Any]:
    """The proposals made last, the largest amounts first, at most 500."""
    client = require(request, Scope.PURCHASING_READ)
    found = api.proposals(client.brand_id, limit=500)
    stores, suppliers = _names(client.brand_id)
    items = items_by_id(client.brand_id, [p.item_id for p in found])
    return {
        "proposals": [
            {
                "store": stores.get(p.store_id, ""),
                "sku": items[p.item_id].sku,
                "supplier": suppliers.get(p.supplier_id, ""),
                **{name: getattr(p, name) for name in ("units", "price_minor", "why", "facts", "made_at")},
            }
            for p in found
            if p.item_id in items
        ]
    }


class OrderLineOut(Schema):
    sku: str
    units: int
    price_minor: int
    received: int
    damaged: int


class OrderOut(Schema):
    id: UUID
    number: str
    supplier: str
    store: str
    state: str
    total_minor: int
    expected_on: date | None
    lines: list[OrderLineOut]


class OrdersOut(Schema):
    """The latest first; `next` is the cursor of the page after it, absent on the last."""

    orders: list[OrderOut]
    next: str | None = None


class OrdersWanted(Schema):
    cursor: Annotated[str, StringConstraints(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/purchasing/orders", response=OrdersOut, summary="Purchase orders", operation_id="list_purchase_orders")
def list_purchase_orders(request: HttpRequest, wanted: Query[OrdersWanted]) -> dict[str, Any]:
    """Purchase orders with their lines and what has come of them."""
    client = require(request, Scope.PURCHASING_READ)
    found = api.orders(client.brand_id, before=read_cursor(wanted.cursor), limit=wanted.limit + 1)
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    items, names = items_by_id(client.brand_id, {x.item_id for o in found for x in o.lines}), _names(client.brand_id)
    return {
        "orders": [_order(order, names, items) for order in found],
        "next": write_cursor(found[-1].id) if more else None,
    }


Units = Annotated[int, Field(ge=0, le=1_000_000), NUMBER]


class ReceiptLine(Body):
    """Good units, and damaged ones that are not taken."""

    sku: Sku
    received: Units = 0
    damaged: Units = 0


class Receipt(Body):
    """`key`: one for each delivery; the same key again changes nothing."""

    key: Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
    lines: Annotated[list[ReceiptLine], Field(min_length=1, max_length=500)]


@router.post(
    "/purchasing/orders/{order_id}/receipts",
    response={200: OrderOut, 404: None, 409: None},
    summary="Book a receipt",
    operation_id="receive_purchase_order",
)
def receive_purchase_order(request: HttpRequest, order_id: UUID, receipt: Receipt) -> dict[str, Any]:
    """Goods of a purchase order came: the good ones are on the shelf at the order's price."""
    client = require(request, Scope.PURCHASING_WRITE)
    items = items_by_sku(client.brand_id, [line.sku for line in receipt.lines])
    wrong = [
        Problem(f"/lines/{n}/sku", "unknown_sku", "an item of this brand", line.sku)
        for n, line in enumerate(receipt.lines)
        if line.sku not in items
    ]
    if wrong:
        raise BadInput("some of these items are not known", *wrong)
    good: dict[UUID, int] = {}
    bad: dict[UUID, int] = {}
    for line in receipt.lines:
        item = items[line.sku].id
        good[item] = good.get(item, 0) + line.received
        bad[item] = bad.get(item, 0) + line.damaged
    by = f"client {client.name}"
    order = api.receive_goods(client.brand_id, order_id, good, damaged=bad, by=by, key=receipt.key)
    known = {item.id: item for item in items.values()}
    known |= items_by_id(client.brand_id, [line.item_id for line in order.lines])
    return _order(order, _names(client.brand_id), known)


def _order(
    order: PurchaseOrder, names: tuple[dict[UUID, str], dict[UUID, str]], items: dict[UUID, Item]
) -> dict[str, Any]:
    stores, suppliers = names
    return {
        "id": order.id,
        "number": order.number,
        "supplier": suppliers.get(order.supplier_id, ""),
        "store": stores.get(order.store_id, ""),
        "state": order.state.value,
        "total_minor": order.total_minor,
        "expected_on": order.expected_on,
        "lines": [
            {
                "sku": items[line.item_id].sku if line.item_id in items else str(line.item_id),
                **{name: getattr(line, name) for name in ("units", "price_minor", "received", "damaged")},
            }
            for line in order.lines
        ],
    }


def _names(brand_id: UUID) -> tuple[dict[UUID, str], dict[UUID, str]]:
    stores = {s.id: s.code for s in list_stores(brand_id)}
    return stores, {s.id: s.code for s in api.suppliers(brand_id)}
