"""Choices (加料, 做法) off sale over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand import api as brands
from datong.catalog import api
from datong.kernel import clock
from datong.kernel.bodies import STORABLE, Body, Moment
from datong.kernel.errors import NotFound

router = Router(tags=["stock"])

Code = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
Codes = Annotated[list[Code], Field(min_length=1, max_length=200)]
StoreCode = Annotated[str, StringConstraints(max_length=64), STORABLE]


class ChoiceOutRow(Schema):
    """A choice that is off sale; `store` '' is everywhere, `until` null by hand."""

    code: str
    store: str
    until: datetime | None
    since: datetime
    by: str
    reason: str


class ChoicesOut(Schema):
    choices: list[ChoiceOutRow]


class SellChoicesOut(Body):
    """`store` '' is everywhere; `until` null: until they are sold again by hand."""

    codes: Codes
    store: StoreCode = ""
    until: Moment | None = None
    reason: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""


class SellChoicesAgain(Body):
    codes: Codes
    store: StoreCode = ""


class ChoicesChanged(Schema):
    """How many choices changed: 0 when it was so already."""

    changed: int


@router.get("/choices-out", response=ChoicesOut, summary="Choices off sale", operation_id="list_choices_out")
def list_choices_out(request: HttpRequest) -> dict[str, Any]:
    """What is off sale now, a choice and place a row."""
    client = require(request, Scope.STOCK_READ)
    codes = {store.id: store.code for store in brands.list_stores(client.brand_id)}
    found = api.choices_out(client.brand_id, clock.now())
    return {
        "choices": [
            {
                "code": o.code, "store": codes.get(o.store_id, "") if o.store_id else "", "until": o.until,
                "since": o.since, "by": o.by, "reason": o.reason,
            }
            for o in found
        ]
    }  # fmt: skip


@router.post(
    "/choices-out",
    response={200: ChoicesChanged, 404: None},
    summary="Sell choices out",
    operation_id="sell_choices_out",
)
def sell_choices_out(request: HttpRequest, wanted: SellChoicesOut) -> dict[str, Any]:
    """Take choices off sale for every product that has them, at a store or everywhere; again changes nothing."""
    client = require(request, Scope.STOCK_WRITE)
    known = api.choices_of(client.brand_id)
    if strange := [code for code in wanted.codes if code not in known]:
        raise NotFound(f"no product has a choice {strange[0]}")
    done = api.sell_choices_out(
        client.brand_id,
        wanted.codes,
        store_id=_store(client.brand_id, wanted.store),
        until=wanted.until,
        reason=wanted.reason,
        by=f"key {client.name}",
    )
    return {"changed": done}


@router.post(
    "/choices-out/back",
    response={200: ChoicesChanged, 404: None},
    summary="Sell choices again",
    operation_id="sell_choices_again",
)
def sell_choices_again(request: HttpRequest, wanted: SellChoicesAgain) -> dict[str, Any]:
    """Sell choices again where they were taken off sale."""
    client = require(request, Scope.STOCK_WRITE)
    store = _store(client.brand_id, wanted.store)
    return {"changed": api.sell_choices_again(client.brand_id, wanted.codes, store_id=store, by=f"key {client.name}")}


def _store(brand: UUID, code: str) -> UUID | None:
    if not code:
        return None
    found = brands.store_by_code(brand, code)
    if found is None:
        raise NotFound(f"no store {code}")
    return found.id
