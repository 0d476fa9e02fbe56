"""Datong's own order API, answered while the caller waits: single, batch, and for tills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from datong.access.api import require
from datong.access.types import Client, Scope
from datong.integration import api
from datong.integration.http.hooks import body_of
from datong.integration.http.schemas import (
    BATCH_BODY,
    ORDER_BODY,
    TILL_BODY,
    BatchAnswer,
    OrderTaken,
)
from datong.kernel.errors import BadInput, Conflict, Problem
from datong.orders.types import Accepted, Outcome, Refused, Repeated

router = Router(tags=["orders"])


@dataclass(frozen=True, slots=True)
class _Call:
    """A client's call, its body read."""

    client: Client
    body: bytes
    headers: dict[str, str]


def _call(request: HttpRequest) -> _Call:
    client = require(request, Scope.ORDERS_WRITE)
    return _Call(client, body_of(request), {name.lower(): value for name, value in request.headers.items()})


@router.post(
    "/v1/orders",
    response={200: OrderTaken, 201: OrderTaken, 409: None},
    summary="Place an order",
    operation_id="place_order",
    openapi_extra=ORDER_BODY,
)
def place_order(request: HttpRequest) -> Status[dict[str, Any]]:
    """One order. Send it again as often as you like: `external_id` is taken once, a repeat gets the first answer (200).

    Another order under a used id is a conflict (409) and changes nothing; the first stands.
    """
    call = _call(request)
    answer = api.take_native(call.client, [call.body], call.headers)
    outcome = answer.outcomes[0]
    match outcome:
        case Accepted():
            return Status(200 if outcome.repeat else 201, _taken(outcome, answer.inbox_ids[0]))
        case Repeated():
            raise Conflict("this external_id was used for a different order", *_problems(outcome))
        case Refused():
            raise BadInput(f"the order is not taken: {outcome.code}", *outcome.problems)


@router.post(
    "/v1/orders/batch",
    response=BatchAnswer,
    summary="Place up to 1000 orders",
    operation_id="place_orders",
    openapi_extra=BATCH_BODY,
)
def place_orders(request: HttpRequest) -> dict[str, Any]:
    """Each order is taken or refused by itself; the answer says for each what a single call would have said."""
    call = _call(request)
    return _results(api.take_native, call, api.split_batch(call.body))


@router.post(
    "/v1/till/orders",
    response=BatchAnswer,
    summary="Upload a till's sales",
    operation_id="upload_till_sales",
    openapi_extra=TILL_BODY,
)
def upload_till_sales(request: HttpRequest) -> dict[str, Any]:
    """Sales that have happened: they are booked as they are, never refused for stock, price or risk."""
    call = _call(request)
    return _results(api.take_till, call, api.split_till(call.body))


def _results(take: Callable[..., api.Answer], call: _Call, bodies: Sequence[bytes]) -> dict[str, Any]:
    answer = take(call.client, bodies, call.headers)
    found = zip(answer.outcomes, answer.inbox_ids, answer.external_ids, strict=True)
    return {"results": [_result(outcome, inbox_id, external_id) for outcome, inbox_id, external_id in found]}


def _result(outcome: Outcome, inbox_id: Any, external_id: str) -> dict[str, Any]:
    found: dict[str, Any] = {"external_id": external_id, "inbox_id": inbox_id, "problems": _problems(outcome)}
    match outcome:
        case Accepted():
            return found | {"status": 200 if outcome.repeat else 201, "order": _taken(outcome, inbox_id)}
        case Repeated():
            return found | {"status": 409}
        case Refused():
            return found | {"status": 422}


def _problems(outcome: Outcome) -> tuple[Problem, ...]:
    if isinstance(outcome, Refused):
        return outcome.problems
    if isinstance(outcome, Repeated):
        fix = f"a new external_id; this one is order {outcome.number}"
        return (Problem("/external_id", "id_used", fix, str(outcome.order_id)),)
    return ()


def _taken(outcome: Accepted, inbox_id: Any) -> dict[str, Any]:
    plain = {name: getattr(outcome, name) for name in OrderTaken.model_fields if name != "inbox_id"}
    return plain | {"inbox_id": inbox_id}
