"""Sold out (估清) over HTTP: what is off sale where, taking off sale, back on sale."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import list_stores
from datong.catalog.api import items_by_id
from datong.inventory import api
from datong.inventory.http.common import Code, Cursor, Limit, Sku, Text, items_of, store_of
from datong.inventory.types import Until
from datong.kernel.bodies import Body, Moment
from datong.kernel.pages import read_cursor, write_cursor

router = Router(tags=["stock"])


class SoldOutRow(Schema):
    """An item that is off sale at one store. `until` null: back by hand, or with the next goods (`on_arrival`)."""

    id: UUID
    sku: str
    store: str
    since: datetime
    until: datetime | None
    on_arrival: bool
    by: str
    reason: str


class SoldOutPage(Schema):
    """The latest first; `next` is the cursor of the page after it, absent on the last."""

    sold_out: list[SoldOutRow]
    next: str | None = None


class SoldOutFilter(Schema):
    store: Code = ""
    cursor: Cursor = ""
    limit: Limit = 100


@router.get(
    "/sold-out", response={200: SoldOutPage, 404: None}, summary="What is sold out", operation_id="list_sold_out"
)
def list_sold_out(request: HttpRequest, wanted: Query[SoldOutFilter]) -> dict[str, Any]:
    """What is off sale now, a row an item and store, the latest first."""
    client = require(request, Scope.STOCK_READ)
    codes = {s.id: s.code for s in list_stores(client.brand_id)}
    store = store_of(client.brand_id, wanted.store)
    rows = api.sold_out(
        client.brand_id,
        locations=[store] if store else None,
        before=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )
    more, rows = len(rows) > wanted.limit, rows[: wanted.limit]
    items = items_by_id(client.brand_id, [row.item_id for row in rows])
    return {
        "sold_out": [
            {
                "id": row.id,
                "sku": items[row.item_id].sku if row.item_id in items else str(row.item_id),
                "store": codes.get(row.location_id, str(row.location_id)),
                **{name: getattr(row, name) for name in ("since", "until", "on_arrival", "by", "reason")},
            }
            for row in rows
        ],
        "next": write_cursor(rows[-1].id) if more else None,
    }


class SellOut(Body):
    """Items to take off sale at a store, or at all stores when none is named.

    `until`: `next_opening` (each store's own, the default), `arrival` of goods, `by_hand`; or a moment in `at`.
    """

    skus: Annotated[list[Sku], Field(min_length=1, max_length=200)]
    store: Code = ""
    until: Literal["next_opening", "arrival", "by_hand"] = "next_opening"
    at: Moment | None = None
    reason: Text = ""


class Touched(Schema):
    """How many places changed: 0 when it was so already."""

    places: int


@router.post("/sold-out", response={200: Touched, 404: None}, summary="Sell out", operation_id="sell_out")
def sell_out(request: HttpRequest, wanted: SellOut) -> dict[str, Any]:
    """Take items off sale: nothing of them is free there any more, every channel is told within seconds.

    Holds that exist stay. The same call again changes nothing.
    """
    client = require(request, Scope.STOCK_WRITE)
    touched = api.set_sold_out(
        client.brand_id,
        _ids(client.brand_id, wanted.skus),
        store_id=store_of(client.brand_id, wanted.store),
        until=wanted.at or Until(wanted.until),
        by=f"client {client.name}",
        reason=wanted.reason,
    )
    return {"places": touched.places}


class Back(Body):
    skus: Annotated[list[Sku], Field(min_length=1, max_length=200)]
    store: Code = ""


@router.post("/sold-out/back", response={200: Touched, 404: None}, summary="Back on sale", operation_id="back_on_sale")
def back_on_sale(request: HttpRequest, wanted: Back) -> dict[str, Any]:
    """Sell the items again at the store, or wherever they are off sale."""
    client = require(request, Scope.STOCK_WRITE)
    items, store = _ids(client.brand_id, wanted.skus), store_of(client.brand_id, wanted.store)
    return {"places": api.back_on_sale(client.brand_id, items, store_id=store, by=f"client {client.name}").places}


def _ids(brand_id: UUID, skus: list[str]) -> list[UUID]:
    return [item.id for item in items_of(brand_id, skus).values()]
