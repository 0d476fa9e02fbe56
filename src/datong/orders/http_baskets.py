"""Baskets over HTTP: an app or mini-program fills the same basket as the shop's pages."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Client, Scope
from datong.brand.api import get_brand, store_by_code
from datong.catalog.api import quote
from datong.catalog.types import Ask, AskLine
from datong.customers.api import customers_by_id
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.bodies import NUMBER, STORABLE, Body
from datong.kernel.errors import BadValue, NotFound
from datong.orders import api
from datong.orders.types import MAX_BASKET_UNITS, Basket, Way

router = Router(tags=["orders"])

Code = Annotated[str, StringConstraints(max_length=60), STORABLE]


class CustomerBasketLine(Schema):
    """Minor units of the basket's currency. `was_minor`: what a unit cost when it was put in, where that is another
    amount; `problems`: why it cannot be ordered as it is."""

    sku: str
    title: str
    options: list[str]
    units: int
    unit_minor: int
    total_minor: int
    was_minor: int | None
    problems: list[str]


class CustomerBasket(Schema):
    """A basket at the prices of this moment at the client's channel; `version` grows with every change."""

    id: UUID
    version: int
    customer_id: UUID | None
    currency: str
    total_minor: int
    tax_minor: int
    lines: list[CustomerBasketLine]


class OpenBasket(Body):
    """`customer_id`: the customer's one basket, at all ends; without it a new one of nobody."""

    customer_id: UUID | None = None


class PutBasketLine(Body):
    """How many of a SKU with these choices; 0 takes it out."""

    sku: Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
    units: Annotated[int, Field(ge=0, le=MAX_BASKET_UNITS), NUMBER]
    options: Annotated[list[Code], Field(max_length=60)] = []


class BasketAt(Schema):
    """`store`: the code of the store whose prices count."""

    store: Annotated[str, StringConstraints(max_length=40), STORABLE] = ""


@router.post(
    "/baskets",
    response={200: CustomerBasket, 404: None, 409: None},
    summary="Open a basket",
    operation_id="open_basket",
)
def open_basket(request: HttpRequest, wanted: OpenBasket) -> dict[str, Any]:
    """The one basket of a customer, or a new one. For a customer the same again is the same basket."""
    client = require(request, Scope.ORDERS_WRITE)
    if wanted.customer_id is None:
        return _out(client, api.open_basket(client.brand_id)[0])
    if wanted.customer_id not in customers_by_id(client.brand_id, [wanted.customer_id]):
        raise NotFound(f"no customer {wanted.customer_id}")
    return _out(client, api.basket_for(wanted.customer_id, brand=client.brand_id))


@router.get(
    "/baskets/{basket_id}", response={200: CustomerBasket, 404: None}, summary="One basket", operation_id="get_basket"
)
def get_basket(request: HttpRequest, basket_id: UUID, at: Query[BasketAt]) -> dict[str, Any]:
    """The basket at the prices of this moment, at a store when one is named."""
    client = require(request, Scope.ORDERS_WRITE)
    return _out(client, api.get_basket(client.brand_id, basket_id), at.store)


@router.put(
    "/baskets/{basket_id}/lines",
    response={200: CustomerBasket, 404: None, 409: None},
    summary="Change a basket",
    operation_id="put_basket_line",
)
def put_basket_line(request: HttpRequest, basket_id: UUID, line: PutBasketLine) -> dict[str, Any]:
    """Set how many of something are in it. The same again changes nothing but the version."""
    client = require(request, Scope.ORDERS_WRITE)
    ask = Ask(client.channel_id, _currency(client), clock.now(), (AskLine(1, line.sku, 1, tuple(line.options)),))
    (priced,) = quote([ask], brand=client.brand_id)
    if line.units and priced.problems:
        problem = priced.problems[0]
        field, fix = "/options" if "option" in problem.code else "/sku", problem.fix or "a SKU that is sold here"
        raise BadValue(field, problem.value or line.sku, fix)
    changed = api.put_in_basket(
        basket_id, line.sku, line.units, brand=client.brand_id, seen_minor=priced.lines[0].unit_minor,
        options=line.options,
    )  # fmt: skip
    return _out(client, changed)


def _currency(client: Client) -> str:
    return get_brand(client.brand_id).currency


def _out(client: Client, basket: Basket, store: str = "") -> dict[str, Any]:
    at = store_by_code(client.brand_id, store)
    if store and at is None:
        raise BadValue("store", store, "the code of a store of this brand")
    way = Way(client.channel_id, _currency(client), FulfilmentKind.PICKUP, store_id=at.id if at else None,
              region=at.region if at else "")  # fmt: skip
    costs = api.price_basket(client.brand_id, basket, way)
    return {
        "id": basket.id,
        "version": basket.version,
        "customer_id": basket.customer_id,
        "currency": way.currency,
        "total_minor": costs.total_minor,
        "tax_minor": costs.tax_minor,
        "lines": [
            {
                "sku": one.line.sku,
                "title": one.quote.title,
                "options": list(one.line.options),
                "units": one.line.units,
                "unit_minor": one.quote.unit_minor,
                "total_minor": one.quote.total_minor,
                "was_minor": one.was_minor,
                "problems": list(one.problems),
            }
            for one in costs.lines
        ],
    }
