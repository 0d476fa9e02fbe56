"""The golden record over HTTP: what holds of a customer and why, what is kept by hand, and the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Schema, Status
from pydantic import Field as Limits
from pydantic import StringConstraints

from datong.access.api import require
from datong.access.types import Scope
from datong.customers import api
from datong.customers.http.people import Reason, router
from datong.customers.types import Chosen, Field, Means, Rule, RuleChange, Survivorship, Why
from datong.kernel.bodies import READABLE, STORABLE, Body, Day
from datong.kernel.errors import NotFound


class GoldenValue(Schema):
    """What one source says: a door (`channel_id`), somebody at work (`by`), or the record itself (neither)."""

    text: str
    record_id: UUID
    channel_id: UUID | None
    by: str
    verified: bool
    first_seen: datetime
    last_seen: datetime


class PinOut(Schema):
    """Kept by hand; `customer_id` is the record whose value it is."""

    customer_id: UUID
    text: str
    by: str
    at: datetime
    reason: str


class ChosenOut(Schema):
    """What holds for a field, `why` (the rule that chose it, or only, pinned, part, tie), and what else was said."""

    field: Field
    value: GoldenValue
    why: Rule | Why
    others: list[GoldenValue]
    pin: PinOut | None


class GoldenOut(Schema):
    """The golden record of one person; `id` is the head's. A field nobody said anything of is not in it."""

    id: UUID
    fields: list[ChosenOut]


@router.get(
    "/customers/{customer_id}/golden",
    response={200: GoldenOut, 404: None},
    summary="Golden record",
    operation_id="get_golden_record",
)
def get_golden_record(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """What holds of the person a record is, field by field: the value, its source, the rule that chose it."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.golden_of(client.brand_id, [customer_id]).get(customer_id)
    if found is None:
        raise NotFound(f"no customer {customer_id}")
    api.see_customer(found.id, brand=client.brand_id, by=f"client {client.name}", place="api")
    return {"id": found.id, "fields": [_chosen(one) for one in found.fields.values()]}


def _chosen(one: Chosen) -> dict[str, Any]:
    return asdict(one)


class PinIn(Body):
    """A value and why it is kept."""

    value: Annotated[str, StringConstraints(max_length=500), READABLE]
    reason: Reason


@router.put(
    "/customers/{customer_id}/golden/{field}",
    response={200: PinOut, 404: None, 409: None},
    summary="Keep a value by hand",
    operation_id="pin_value",
)
def pin_value(request: HttpRequest, customer_id: UUID, field: Field, told: PinIn) -> dict[str, Any]:
    """It holds whatever the rules say, until it is let go. The same again is the same, with the reason said last."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    by = f"client {client.name}"
    return asdict(api.pin(customer_id, field, told.value, brand=client.brand_id, by=by, reason=told.reason))


class LetGo(Body):
    reason: Reason


@router.post(
    "/customers/{customer_id}/golden/{field}/unpin",
    response={204: None, 404: None, 409: None},
    summary="Let the rules choose again",
    operation_id="unpin_value",
)
def unpin_value(request: HttpRequest, customer_id: UUID, field: Field, told: LetGo) -> Status[None]:
    """404 when nothing was kept by hand."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    by = f"client {client.name}"
    if not api.unpin(customer_id, field, brand=client.brand_id, by=by, reason=told.reason):
        raise NotFound("nothing of this field is kept by hand")
    return Status(204, None)


Told = Annotated[str, StringConstraints(max_length=500), STORABLE]


class SayIn(Body):
    """What a system says of a record; what is not named, or is empty, stays as it was."""

    name: Told = ""
    given_name: Told = ""
    family_name: Told = ""
    address: Told = ""
    birthday: Day | None = None
    language: Told = ""
    preferred: Means | None = None
    company: Told = ""

    def fields(self) -> dict[Field, str]:
        """Those that are said."""
        return {Field(name): str(value) for name, value in self if value}


@router.put(
    "/customers/{customer_id}/said/{channel_id}",
    response={200: GoldenOut, 404: None, 409: None},
    summary="What a system says",
    operation_id="say_of_customer",
)
def say_of_customer(request: HttpRequest, customer_id: UUID, channel_id: UUID, told: SayIn) -> dict[str, Any]:
    """Note what the system behind a channel says of a record. The rules choose among it with what others say."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    api.say_fields(customer_id, channel_id, told.fields(), brand=client.brand_id, by=f"client {client.name}")
    found = api.golden_of(client.brand_id, [customer_id])[customer_id]
    return {"id": found.id, "fields": [_chosen(one) for one in found.fields.values()]}


class GoldenRules(Schema):
    """How the value of a field is chosen: by `rules` in order, each leaving what is equally good by it.

    `sources` (channels, the best first) are for the rule of that name; `by` '' where nobody has said anything.
    """

    field: Field
    rules: list[Rule]
    sources: list[UUID]
    by: str
    at: datetime | None
    reason: str


class AllGoldenRules(Schema):
    fields: list[GoldenRules]


@router.get("/golden/rules", response=AllGoldenRules, summary="Rules", operation_id="list_golden_rules")
def list_golden_rules(request: HttpRequest) -> dict[str, Any]:
    """How the value of each field is chosen now."""
    client = require(request, Scope.CUSTOMERS_READ)
    return {"fields": [_rules(one) for one in api.rules_of(client.brand_id).values()]}


def _rules(one: RuleChange) -> dict[str, Any]:
    return {**asdict(one.survivorship), "by": one.by, "at": one.at, "reason": one.reason}


class RulesIn(Body):
    rules: Annotated[list[Rule], Limits(min_length=1, max_length=len(Rule))]
    sources: Annotated[list[UUID], Limits(max_length=20)] = []

    def of(self, field: Field) -> Survivorship:
        return Survivorship(field, tuple(self.rules), tuple(self.sources))


class RulesSaid(RulesIn):
    reason: Reason


@router.put(
    "/golden/rules/{field}",
    response={200: GoldenRules, 404: None, 409: None},
    summary="Set rules",
    operation_id="set_golden_rules",
)
def set_golden_rules(request: HttpRequest, field: Field, told: RulesSaid) -> dict[str, Any]:
    """Say how the value of a field is chosen from now on, for everybody at once. The same again changes nothing."""
    client = require(request, Scope.CUSTOMERS_WRITE)
    by = f"client {client.name}"
    return _rules(api.say_survivorship(told.of(field), brand=client.brand_id, by=by, reason=told.reason))


class GoldenChanged(Schema):
    customer_id: UUID
    before: ChosenOut
    after: ChosenOut


class GoldenPreview(Schema):
    """Of `looked` people of whom more than one thing is said, `changed` would get another value; 50 of them."""

    looked: int
    changed: int
    changes: list[GoldenChanged]


@router.post(
    "/golden/rules/{field}/preview",
    response={200: GoldenPreview, 404: None, 409: None},
    summary="What rules would change",
    operation_id="preview_golden_rules",
)
def preview_golden_rules(request: HttpRequest, field: Field, told: RulesIn) -> dict[str, Any]:
    """For whom these rules would choose otherwise, among the latest 2,000 people. Nothing is written."""
    client = require(request, Scope.CUSTOMERS_READ)
    found = api.preview_rules(client.brand_id, told.of(field))
    changes: Sequence[Any] = found.changes
    return {"looked": found.looked, "changed": found.changed, "changes": [asdict(one) for one in changes]}
