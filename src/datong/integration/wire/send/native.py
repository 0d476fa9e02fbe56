"""Datong's own JSON for an order. Format: wire.native."""

from __future__ import annotations

from typing import Any

import msgspec

from datong.integration.types import Context, Request
from datong.integration.wire.send.common import secret
from datong.integration.wire.signing import hmac_text
from datong.orders.types import Amounts, OrderIntent


def build(intent: OrderIntent, context: Context) -> Request:
    """As a signed webhook; for the API send `payload` with the client's key."""
    body = msgspec.json.encode(payload(intent))
    signature = "v1=" + hmac_text(secret(context), body, "sha256", "hex")
    return Request(body, {"content-type": "application/json", "x-datong-signature": signature})


def payload(intent: OrderIntent) -> dict[str, Any]:
    found: dict[str, Any] = {
        "external_id": intent.external_id,
        "placed_at": intent.placed_at.isoformat(),
        "currency": intent.currency,
        "lines": [
            {
                "sku": x.sku,
                "units": x.units,
                "unit_minor": x.unit_minor,
                "discount_minor": x.discount_minor,
                "title": x.title,
                **({"options": list(x.options)} if x.options else {}),
            }
            for x in intent.lines
        ],
        "fulfilment": intent.fulfilment,
        "payment": intent.payment,
        "paid": intent.paid,
        "store_code": intent.store_code,
        "contact": {
            "name": intent.contact.name,
            "phone": intent.contact.phone,
            "email": intent.contact.email,
            "masked": intent.contact.masked,
        },
        "identities": [{"kind": i.kind, "value": i.value, "verified": i.verified} for i in intent.identities],
        "provider_ref": intent.provider_ref,
        "note": intent.note,
        "referred_by": intent.referred_by,
        "model": intent.model,
    }
    if intent.destination:
        text, place = intent.destination.text, intent.destination.place
        found["destination"] = {name: getattr(text, name) for name in text.__slots__}
        if place:
            found["destination"] |= {"lon": place.lon, "lat": place.lat}
    if intent.amounts:
        found["amounts"] = _amounts(intent.amounts)
    if intent.promised_at:
        found["promised_at"] = intent.promised_at.isoformat()
    return found


def _amounts(a: Amounts) -> dict[str, int]:
    return {f"{name}_minor": getattr(a, name) for name in a.__slots__ if name != "goods"}
