"""What customers did on their way, over HTTP: told by the channels, shown in the four links of the chain."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field, StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.customers import api
from datong.customers.http.people import router
from datong.customers.types import STAGE_OF, Stage, Step, StepKind
from datong.kernel.bodies import STORABLE, Body, Moment


class StepIn(Body):
    """`id`: a UUID of the sender's making; told again, it is one step. `about`: what was searched, rated, shared."""

    id: UUID
    customer_id: UUID
    kind: StepKind
    at: Moment
    about: Annotated[str, StringConstraints(max_length=200), STORABLE] = ""


class StepsIn(Body):
    steps: Annotated[list[StepIn], Field(min_length=1, max_length=500)]


class Kept(Schema):
    """How many of the steps are new."""

    new: int


@router.post("/steps", response={200: Kept, 404: None, 409: None}, summary="Tell steps", operation_id="record_steps")
def record_steps(request: HttpRequest, told: StepsIn) -> dict[str, Any]:
    """Keep what customers did that is no order; the channel is the key's own. Told twice is once."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    steps = [
        Step(one.id, one.customer_id, one.kind, client.channel_id, one.at, " ".join(one.about.split()))
        for one in told.steps
    ]
    return {"new": api.record_steps(steps, brand=client.brand_id)}


class StepsOut(Schema):
    """Steps of one kind through one channel; `stage` is the link of the chain it belongs to."""

    stage: Stage
    kind: StepKind
    channel_id: UUID
    count: int
    first_at: datetime
    last_at: datetime
    about: str


class Way(Schema):
    steps: list[StepsOut]


@router.get(
    "/customers/{customer_id}/steps", response={200: Way, 404: None}, summary="Steps", operation_id="list_steps"
)
def list_steps(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """What the person did besides ordering, by kind and channel, the latest first."""
    client = require(request, Scope.CUSTOMERS_READ)
    api.customer_page(client.brand_id, customer_id)
    found = api.steps_of(client.brand_id, customer_id)
    return {"steps": [asdict(one) | {"stage": STAGE_OF[one.kind]} for one in found]}
