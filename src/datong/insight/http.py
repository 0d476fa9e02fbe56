"""What customers are worth, over HTTP."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from datong.access.api import require
from datong.access.types import Scope
from datong.customers import api as customers
from datong.insight import api
from datong.insight.types import LifeStage, Segment
from datong.kernel.errors import NotFound

router = Router(tags=["customers"])


class ValueOut(Schema):
    """What a person is worth, all their records together; `ahead_minor` is expected within a year, null when too few
    customers tell. `recency`, `frequency`, `money` are 1 to 5 by rank."""

    customer_id: UUID
    currency: str
    orders: int
    days: int
    first_at: datetime
    last_at: datetime
    spent_minor: int
    recency: int
    frequency: int
    money: int
    segment: Segment
    stage: LifeStage
    alive: float | None
    orders_ahead: float | None
    ahead_minor: int | None
    gap_days: float | None
    at: datetime


class HeldOut(Schema):
    """A category; `orders` 0: not bought yet. `share` of all buyers have bought in it."""

    category: str
    orders: int
    last_at: datetime | None
    share: float


class WorthOut(Schema):
    value: ValueOut
    categories: list[HeldOut]


@router.get(
    "/customers/{customer_id}/value", response={200: WorthOut, 404: None}, summary="Value", operation_id="get_value"
)
def get_value(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Worth, segment, stage, and the categories they have and have not bought. 404 before the first count."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.value_of(client.brand_id, customer_id)
    if found is None:
        raise NotFound(f"nothing counted of customer {customer_id}")
    records = customers.records_of(client.brand_id, [customer_id]).get(customer_id, (customer_id,))
    held = api.categories_held(client.brand_id, records)
    return {"value": asdict(found), "categories": [asdict(one) for one in held]}


class SegmentOut(Schema):
    segment: Segment
    customers: int
    spent_minor: int
    ahead_minor: int


class SegmentList(Schema):
    segments: list[SegmentOut]


@router.get("/segments", response=SegmentList, summary="Segments", operation_id="list_segments")
def list_segments(request: HttpRequest) -> dict[str, Any]:
    """How many customers of each kind, what they spent, what is expected of them."""
    client = require(request, Scope.CUSTOMERS_READ)
    return {"segments": [asdict(one) for one in api.segment_sums(client.brand_id)]}


class InSegment(Schema):
    customers: list[ValueOut]
    next: UUID | None = None


class SegmentFilter(Schema):
    last: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 50


@router.get(
    "/segments/{segment}/customers",
    response={200: InSegment, 404: None},
    summary="Customers of a segment",
    operation_id="list_segment",
)
def list_segment(request: HttpRequest, segment: Segment, wanted: Query[SegmentFilter]) -> dict[str, Any]:
    """Who spent most first; `next` is `last` of the following page."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.customers_in(client.brand_id, segment, last=wanted.last, limit=wanted.limit)
    more = len(found) == wanted.limit
    return {"customers": [asdict(one) for one in found], "next": found[-1].customer_id if more else None}
