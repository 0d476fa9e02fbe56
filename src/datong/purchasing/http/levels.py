"""Stock levels (s, S) over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import list_stores
from datong.catalog.api import items_by_id, items_by_sku
from datong.kernel.bodies import NUMBER, STORABLE, Body
from datong.kernel.errors import BadInput, NotFound, Problem
from datong.purchasing import api
from datong.purchasing.types import Policy

router = Router(tags=["purchasing"])

Sku = Annotated[str, StringConstraints(min_length=1, max_length=60), STORABLE]
Store = Annotated[str, StringConstraints(min_length=1, max_length=40), STORABLE]


class LevelOut(Schema):
    """At `low` units or fewer the item is ordered, up to `high`."""

    store: str
    sku: str
    low: int
    high: int


class LevelsOut(Schema):
    levels: list[LevelOut]


class LevelsWanted(Schema):
    store: Store


@router.get(
    "/purchasing/levels", response={200: LevelsOut, 404: None}, summary="Stock levels", operation_id="list_levels"
)
def list_levels(request: HttpRequest, wanted: Query[LevelsWanted]) -> dict[str, Any]:
    """The levels of one store, by SKU; items without one follow the forecast."""
    client = require(request, Scope.PURCHASING_READ)
    store = next((s for s in list_stores(client.brand_id) if s.code == wanted.store), None)
    if store is None:
        raise NotFound(f"no store {wanted.store}")
    found = api.policies(client.brand_id, stores=[store.id])
    items = items_by_id(client.brand_id, {item for _, item in found})
    told = [
        {"store": store.code, "sku": items[item].sku, "low": level.low, "high": level.high}
        for (_, item), level in found.items()
        if item in items
    ]
    return {"levels": sorted(told, key=lambda level: str(level["sku"]))}


class LevelIn(Body):
    """`high` above `low`; both null gives the item back to the forecast."""

    store: Store
    sku: Sku
    low: Annotated[int, Field(ge=0, le=1_000_000), NUMBER] | None
    high: Annotated[int, Field(ge=1, le=1_000_000), NUMBER] | None


class LevelsIn(Body):
    levels: Annotated[list[LevelIn], Field(min_length=1, max_length=500)]


class LevelsChanged(Schema):
    """How many levels are another now: 0 when they were so already."""

    changed: int


@router.put("/purchasing/levels", response=LevelsChanged, summary="Put stock levels", operation_id="put_levels")
def put_levels(request: HttpRequest, wanted: LevelsIn) -> dict[str, Any]:
    """Set levels of items at stores, all or none; the same again changes nothing."""
    client = require(request, Scope.PURCHASING_WRITE)
    stores = {s.code: s.id for s in list_stores(client.brand_id)}
    items = items_by_sku(client.brand_id, [level.sku for level in wanted.levels])
    problems, kept, gone = [], [], []
    for n, level in enumerate(wanted.levels):
        at = f"/levels/{n}"
        if level.store not in stores:
            problems.append(Problem(f"{at}/store", "unknown_store", "the code of a store", level.store))
        elif level.sku not in items:
            problems.append(Problem(f"{at}/sku", "unknown_sku", "an item of this brand", level.sku))
        elif level.low is None and level.high is None:
            gone.append((stores[level.store], items[level.sku].id))
        elif level.low is None or level.high is None or level.high <= level.low:
            problems.append(Problem(f"{at}/high", "range", "more than `low`, or both null", level.high))
        else:
            kept.append(Policy(stores[level.store], items[level.sku].id, level.low, level.high))
    if problems:
        raise BadInput("some levels cannot be kept", *problems)
    return {"changed": api.put_levels(client.brand_id, kept, dropped=gone, by=f"client {client.name}")}
