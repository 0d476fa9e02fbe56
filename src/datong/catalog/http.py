"""Items, prices and quotes over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import get_brand
from datong.catalog import api
from datong.catalog.types import Ask, AskLine
from datong.kernel import clock
from datong.kernel.bodies import NUMBER, STORABLE, Body, Moment
from datong.kernel.db import in_brand
from datong.kernel.once import once

router = Router(tags=["catalogue"])

Sku = Annotated[str, StringConstraints(min_length=1, max_length=60)]


OptionCode = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]


class QuoteLineIn(Body):
    sku: Sku
    units: Annotated[int, Field(ge=1, le=100_000), NUMBER]
    options: Annotated[list[OptionCode], Field(max_length=50)] = []


class QuoteIn(Body):
    """A basket to be priced now, as the client's channel sells it."""

    lines: Annotated[list[QuoteLineIn], Field(min_length=1, max_length=500)]
    region: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""


class QuoteLineOut(Schema):
    line_no: int
    sku: str
    title: str
    units: int
    unit_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    promotions: list[str]
    options: list[dict[str, Any]]


_LINE = tuple(name for name in QuoteLineOut.model_fields if name != "options")


class QuoteOut(Schema):
    """Amounts in minor units; `problems` are lines that cannot be sold and why."""

    id: UUID
    currency: str
    total_minor: int
    tax_minor: int
    tax_inclusive: bool
    lines: list[QuoteLineOut]
    problems: list[dict[str, Any]]


@router.post("/quotes", response=QuoteOut, summary="Price a basket", operation_id="quote")
def quote(request: HttpRequest, wanted: QuoteIn) -> dict[str, Any]:
    """What the basket costs at this moment: the price every channel quotes (S-115)."""
    client = require(request, Scope.CATALOG_READ)
    lines = tuple(AskLine(n, line.sku, line.units, tuple(line.options)) for n, line in enumerate(wanted.lines, 1))
    currency = get_brand(client.brand_id).currency
    (found,) = api.quote([Ask(client.channel_id, currency, clock.now(), lines, wanted.region)], brand=client.brand_id)
    return {
        **{name: getattr(found, name) for name in ("id", "currency", "total_minor", "tax_minor", "tax_inclusive")},
        "lines": [
            {name: getattr(line, name) for name in _LINE} | {"options": [asdict(o) for o in line.options]}
            for line in found.lines
        ],
        "problems": [asdict(p) for p in found.problems],
    }


class PriceIn(Body):
    amount_minor: Annotated[int, Field(ge=0, le=10**15), NUMBER]
    valid_from: Moment | None = None
    reason: Annotated[str, StringConstraints(min_length=1, max_length=200), STORABLE]


class PriceOut(Schema):
    sku: str
    amount_minor: int
    valid_from: datetime


@router.put(
    "/prices/{sku}",
    response={200: PriceOut, 404: None, 409: None},
    summary="Change a price",
    operation_id="change_price",
)
def change_price(
    request: HttpRequest, sku: Sku, price: PriceIn, idempotency_key: Annotated[str, Header(max_length=200)] = ""
) -> dict[str, Any]:
    """A new price from a moment on (now if none is given); every channel quotes it from then.

    With an Idempotency-Key the call may be sent again: it is carried out once.
    """
    client = require(request, Scope.CATALOG_WRITE)
    who = f"client {client.name}"

    def change() -> dict[str, Any]:
        changed = api.change_price(client.brand_id, sku, price.amount_minor, price.valid_from, who, price.reason)
        return {"sku": changed.sku, "amount_minor": changed.amount_minor, "valid_from": changed.valid_from}

    with in_brand(client.brand_id):
        answer: dict[str, Any] = once("price", idempotency_key, [sku, price.model_dump()], change)
        return answer
