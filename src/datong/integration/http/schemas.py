"""What the API answers, and the schema of what it takes (made from the strict structs of wire.native)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from ninja import Schema
from pydantic import StringConstraints

from datong.access.api import sees_people
from datong.access.types import Client
from datong.integration.types import MAX_BODY_BYTES, InboxEntry
from datong.integration.wire import native, pos
from datong.kernel.bodies import Body


class ProblemOut(Schema):
    """One thing that is wrong. `field` is a JSON pointer into the body, or a parameter's name."""

    field: str
    code: str
    fix: str
    value: Any = None


class OrderTaken(Schema):
    """The order as it was taken; `repeat` true: it had been taken before, this is the first answer again."""

    order_id: UUID
    number: str
    state: str
    store_ids: list[UUID]
    total_minor: int
    currency: str
    exceptions: list[str]
    repeat: bool
    inbox_id: UUID


class OneResult(Schema):
    """`status` as a single call would have had: 201, 200 (repeat), 409 (another order has this id), 422."""

    external_id: str
    status: int
    order: OrderTaken | None = None
    problems: list[ProblemOut] = []
    inbox_id: UUID


class BatchAnswer(Schema):
    """One result an order, in the order they were sent."""

    results: list[OneResult]


class InboxRow(Schema):
    id: UUID
    channel_id: UUID
    connector: str
    external_id: str
    state: str
    received_at: datetime
    attempts: int
    sha256: str
    size_bytes: int
    problems: list[ProblemOut]
    outcome: dict[str, Any]
    headers: dict[str, str]
    corrected_from: UUID | None
    corrected_by: str
    retry_at: datetime | None


class InboxPageOut(Schema):
    """Newest first; `next` is the cursor of the next page."""

    entries: list[InboxRow]
    next: str | None = None


class InboxDetail(InboxRow):
    """`body` is the payload as text that can be corrected; `history` what was done before.

    A payload holds the customer's contact, so `body` is null (`body_withheld`) for a key without `customers:read`.
    """

    body: str | None
    body_withheld: bool = False
    history: list[dict[str, Any]]


class Correction(Body):
    """The payload, mended."""

    body: Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY_BYTES, pattern=r"[^\t\n\x0b\f\r ]")]


def entry_data(entry: InboxEntry, client: Client) -> dict[str, Any]:
    """One entry as a client may see it."""
    data = {name: getattr(entry, name) for name in InboxDetail.model_fields if name != "body_withheld"}
    if sees_people(client):
        return data
    return {**data, "body": None, "body_withheld": True}


def body_schema(kind: Any, example: dict[str, Any]) -> dict[str, Any]:
    """OpenAPI for a body that is read by a msgspec struct, references written out."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template="#/{name}")
    media = {"schema": _inline(schema, components), "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": media}}}


def _inline(schema: Any, components: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inline(components[schema["$ref"].removeprefix("#/")], components)
        return {key: _inline(value, components) for key, value in schema.items() if key != "default" or value != {}}
    if isinstance(schema, list):
        return [_inline(item, components) for item in schema]
    return schema


AN_ORDER = {
    "external_id": "A-1001",
    "placed_at": "2026-11-22T12:30:00+08:00",
    "currency": "CNY",
    "lines": [{"sku": "LONGJING", "units": 2}],
    "fulfilment": "delivery",
    "payment": "cash_on_delivery",
    "destination": {"line": "8 Wulin Road", "city": "Hangzhou", "country": "CN", "lon": 120.1636, "lat": 30.2741},
    "contact": {"name": "Li Na", "phone": "+8613800138000"},
}
A_SALE = {
    "id": "0001742",
    "closed_at": "2026-11-22T17:59:02+08:00",
    "lines": [{"sku": "LONGJING", "title": "Longjing", "units": 1, "unit_price": "30.00", "discount": "0.00"}],
    "tenders": [{"kind": "card", "amount": "30.00", "reference": "tx-9"}],
}
ORDER_BODY = body_schema(native.Order, AN_ORDER)
BATCH_BODY = body_schema(native.Batch, {"orders": [AN_ORDER]})
TILL_BODY = body_schema(pos.Upload, {"device_id": "till-1", "store_code": "HZ-01", "orders": [A_SALE]})
