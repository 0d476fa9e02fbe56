"""Counts (盘点) over HTTP: begun, counted into by any number of devices, read. A person closes them, in the console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.catalog.api import items_by_id
from datong.inventory import api
from datong.inventory.http.common import Code, Cursor, Key, Page, Sku, codes_of, items_of, store_in, store_of
from datong.inventory.types import CountView
from datong.kernel.bodies import NUMBER, STORABLE, Body
from datong.kernel.db import in_brand
from datong.kernel.once import once
from datong.kernel.pages import read_cursor, write_cursor

router = Router(tags=["stock"])


class CountOut(Schema):
    """`state`: open, closed or dropped; `counted`: how many items so far."""

    id: UUID
    store: str
    state: str
    title: str
    by: str
    at: datetime
    closed_at: datetime | None
    counted: int


class CountsOut(Schema):
    """The latest first; `next` is the cursor of the page after it, absent on the last."""

    counts: list[CountOut]
    next: str | None = None


class CountsWanted(Schema):
    store: Code = ""
    cursor: Cursor = ""
    limit: Page = 50


@router.get("/counts", response={200: CountsOut, 404: None}, summary="Counts", operation_id="list_counts")
def list_counts(request: HttpRequest, wanted: Query[CountsWanted]) -> dict[str, Any]:
    """Stock counts of a store, or of all."""
    client = require(request, Scope.STOCK_READ)
    store = store_of(client.brand_id, wanted.store)
    found = api.counts(
        client.brand_id,
        locations=[store] if store else None,
        before=read_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )
    more, found = len(found) > wanted.limit, found[: wanted.limit]
    codes = codes_of(client.brand_id)
    return {"counts": [_count(c, codes) for c in found], "next": write_cursor(found[-1].id) if more else None}


class CountIn(Body):
    """`skus` empty: whatever is found on the shelf."""

    store: Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]
    title: Annotated[str, StringConstraints(max_length=80), STORABLE] = ""
    skus: Annotated[list[Sku], Field(max_length=500)] = []


@router.post("/counts", response={200: CountOut, 409: None}, summary="Begin a count", operation_id="open_count")
def open_count(request: HttpRequest, wanted: CountIn, idempotency_key: Key = "") -> dict[str, Any]:
    """Begin a count at a store; nobody need stop selling.

    With an Idempotency-Key the call may be sent again: it is carried out once.
    """
    client = require(request, Scope.STOCK_WRITE)
    store = store_in(client.brand_id, "/store", wanted.store)
    items = [item.id for item in items_of(client.brand_id, wanted.skus).values()]

    def begin() -> dict[str, Any]:
        made = api.open_count(client.brand_id, store, by=f"client {client.name}", title=wanted.title, items=items)
        return _count(made, {store: wanted.store})

    with in_brand(client.brand_id):
        answer: dict[str, Any] = once("count", idempotency_key, wanted.model_dump(), begin)
        return answer


class CountLineOut(Schema):
    """`expected` and `difference` are told once the count is closed: who counts should not know them."""

    sku: str
    counted: int
    expected: int | None
    difference: int | None
    by: list[str]


class CountWithLines(CountOut):
    lines: list[CountLineOut]


@router.get(
    "/counts/{count_id}", response={200: CountWithLines, 404: None}, summary="One count", operation_id="get_count"
)
def get_count(request: HttpRequest, count_id: UUID) -> dict[str, Any]:
    """A count with what was counted; the books beside it once it is closed."""
    client = require(request, Scope.STOCK_READ)
    return _whole(client.brand_id, count_id)


class Tally(Body):
    """A minus takes a mistake back."""

    sku: Sku
    units: Annotated[int, Field(ge=-100_000, le=100_000), NUMBER]


class TalliesIn(Body):
    lines: Annotated[list[Tally], Field(min_length=1, max_length=500)]


@router.post(
    "/counts/{count_id}/tallies",
    response={200: CountWithLines, 404: None, 409: None},
    summary="Count into it",
    operation_id="tally_count",
)
def tally_count(request: HttpRequest, count_id: UUID, told: TalliesIn, idempotency_key: Key = "") -> dict[str, Any]:
    """Units that were counted, added to what others counted. 409 when the count is closed.

    With an Idempotency-Key the call may be sent again: it is carried out once.
    """
    client = require(request, Scope.STOCK_WRITE)
    items = items_of(client.brand_id, [line.sku for line in told.lines], "/lines/{n}/sku")

    def add() -> bool:
        for line in told.lines:
            api.tally(client.brand_id, count_id, items[line.sku].id, line.units, by=f"client {client.name}")
        return True

    with in_brand(client.brand_id):
        once("tally", idempotency_key, [str(count_id), told.model_dump()], add)
    return _whole(client.brand_id, count_id)


def _whole(brand_id: UUID, count_id: UUID) -> dict[str, Any]:
    count = api.count_view(brand_id, count_id)
    lines = api.count_lines(brand_id, count_id)
    items = items_by_id(brand_id, [line.item_id for line in lines])
    told = count.state == "closed" or not count.blind
    return {
        **_count(count, codes_of(brand_id)),
        "counted": len(lines),
        "lines": [
            {
                "sku": items[line.item_id].sku if line.item_id in items else str(line.item_id),
                "counted": line.counted,
                "expected": line.expected if told else None,
                "difference": line.difference if told else None,
                "by": list(line.by),
            }
            for line in lines
        ],
    }


def _count(count: CountView, codes: Mapping[UUID, str]) -> dict[str, Any]:
    names = ("id", "state", "title", "by", "at", "closed_at", "counted")
    store = codes.get(count.location_id, str(count.location_id))
    return {"store": store, **{name: getattr(count, name) for name in names}}
