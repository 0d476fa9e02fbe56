"""What the API answers, and the schema of what it takes (made from the strict structs of wire.native)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from ninja import Schema

from datong.integration.types import InboxEntry
from datong.integration.wire import native


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
    """`body` is the payload as text that can be corrected; `history` what was done before."""

    body: str
    history: list[dict[str, Any]]


class Correction(Schema):
    """The payload, mended."""

    body: str


def entry_data(entry: InboxEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in InboxDetail.model_fields}


def body_schema(kind: Any) -> dict[str, Any]:
    """OpenAPI for a body that is read by a msgspec struct, references written out."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template="#/{name}")
    inlined = _inline(schema, components)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": inlined}}}}


def _inline(schema: Any, components: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inline(components[schema["$ref"].removeprefix("#/")], components)
        return {key: _inline(value, components) for key, value in schema.items() if key != "default" or value != {}}
    if isinstance(schema, list):
        return [_inline(item, components) for item in schema]
    return schema


ORDER_BODY = body_schema(native.Order)
BATCH_BODY = body_schema(native.Batch)
TILL_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["device_id", "store_code", "orders"],
                    "description": "A till's upload, as docs/reference/api.md says",
                    "properties": {
                        "device_id": {"type": "string", "minLength": 1, "maxLength": 64},
                        "store_code": {"type": "string", "minLength": 1, "maxLength": 64},
                        "currency": {"type": "string", "minLength": 3, "maxLength": 3},
                        "orders": {"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "object"}},
                    },
                }
            }
        },
    }
}
