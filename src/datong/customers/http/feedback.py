"""What customers say, over HTTP: told by any door, read with its filters."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.customers import api
from datong.customers.http.people import router
from datong.customers.types import Feedback, FeedbackFilter, FeedbackKind, Stage
from datong.kernel.bodies import READABLE, STORABLE, Body, Moment
from datong.kernel.pages import CURSOR

Short = Annotated[str, StringConstraints(max_length=60), STORABLE]


class FeedbackIn(Body):
    """`id`: a UUID of the sender's making; told again, it is one. `order`, `product`: number and code, if known."""

    id: UUID
    kind: FeedbackKind
    text: Annotated[str, StringConstraints(max_length=2000), READABLE]
    at: Moment
    customer_id: UUID | None = None
    order: Short = ""
    product: Short = ""
    stage: Stage | None = None
    language: Annotated[str, StringConstraints(max_length=35), STORABLE] = ""


class FeedbacksIn(Body):
    feedback: Annotated[list[FeedbackIn], Field(min_length=1, max_length=500)]


class FeedbackKept(Schema):
    """How much of the feedback is new."""

    new: int


@router.post(
    "/feedback",
    response={200: FeedbackKept, 404: None, 409: None},
    summary="Tell feedback",
    operation_id="record_feedback",
)
def record_feedback(request: HttpRequest, told: FeedbacksIn) -> dict[str, Any]:
    """Keep what customers said: pain points, wishes, praise; the channel is the key's own. Told twice is once."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    said = [Feedback(**dict(one), channel_id=client.channel_id, by=f"client {client.name}") for one in told.feedback]
    return {"new": api.record_feedback(said, brand=client.brand_id)}


class FeedbackOut(Schema):
    """What is not known is left out."""

    id: UUID
    kind: FeedbackKind
    text: str
    channel_id: UUID
    at: datetime
    customer_id: UUID | None = None
    order: str
    product: str
    stage: Stage | None = None
    language: str
    by: str
    idea_id: UUID | None = None


class FeedbackList(Schema):
    feedback: list[FeedbackOut]
    next: str


class FeedbackWanted(Schema):
    kind: FeedbackKind | None = None
    channel_id: UUID | None = None
    stage: Stage | None = None
    product: Short = ""
    q: Annotated[str, StringConstraints(max_length=100), STORABLE] = ""
    cursor: Annotated[str, Field(pattern=CURSOR)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@router.get(
    "/feedback",
    response={200: FeedbackList},
    exclude_none=True,
    summary="Feedback",
    operation_id="list_feedback",
)
def list_feedback(request: HttpRequest, wanted: Query[FeedbackWanted]) -> dict[str, Any]:
    """What customers said, the latest first; `next` is the `cursor` of the following page."""
    client = require(request, Scope.CUSTOMERS_READ)
    narrowed = FeedbackFilter(
        text=wanted.q, kind=wanted.kind, channel_id=wanted.channel_id, stage=wanted.stage, product=wanted.product
    )
    found, following = api.list_feedback(client.brand_id, narrowed, cursor=wanted.cursor, limit=wanted.limit)
    return {"feedback": [asdict(one) for one in found], "next": following}
