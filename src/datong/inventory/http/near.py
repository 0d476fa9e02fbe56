"""What is free where, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.brand.api import list_stores
from datong.catalog.api import items_by_sku
from datong.inventory import api
from datong.kernel.errors import NotFound
from datong.kernel.geo import Point, distance_m

router = Router(tags=["stock"])


class Nearby(Schema):
    """One store's stock of one item: `free` may be sold now, on hand less holds and safety stock."""

    store_id: UUID
    code: str
    name: str
    distance_m: int
    free: int
    on_hand: int
    reserved: int
    safety: int


class NearbyList(Schema):
    sku: str
    stores: list[Nearby]


class Where(Schema):
    sku: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    within_m: Annotated[int, Field(ge=1, le=500_000)] = 30_000
    limit: Annotated[int, Field(ge=1, le=100)] = 20


@router.get(
    "/availability",
    response={200: NearbyList, 404: None},
    summary="Stock near a place",
    operation_id="availability",
)
def availability(request: HttpRequest, where: Query[Where]) -> dict[str, Any]:
    """The stores around a place, nearest first, with what each has of an item at this moment (S-146)."""
    client = require(request, Scope.STOCK_READ)
    item = items_by_sku(client.brand_id, [where.sku]).get(where.sku)
    if item is None:
        raise NotFound(f"no item {where.sku}")
    here = Point(where.lon, where.lat)
    near = sorted((distance_m(s.place, here), s.code, s) for s in list_stores(client.brand_id) if s.open)
    near = [row for row in near if row[0] <= where.within_m][: where.limit]
    stock = {
        row.location_id: row
        for row in api.stock_of(client.brand_id, items=[item.id], locations=[s.id for _, _, s in near])
    }
    return {
        "sku": where.sku,
        "stores": [
            {
                "store_id": store.id,
                "code": store.code,
                "name": store.name,
                "distance_m": round(metres),
                "free": max(row.free, 0) if (row := stock.get(store.id)) else 0,
                "on_hand": row.on_hand if row else 0,
                "reserved": row.reserved if row else 0,
                "safety": row.safety if row else 0,
            }
            for metres, _, store in near
        ],
    }
