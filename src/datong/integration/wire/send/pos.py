"""What a till uploads. Format: wire.pos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from datong.integration.types import Context, Request
from datong.integration.wire.send.common import decimal, settled
from datong.integration.wire.signing import hmac_text
from datong.kernel import clock
from datong.orders.types import OrderIntent


def build(intents: Sequence[OrderIntent], context: Context, *, device: str) -> Request:
    """A batch of one till; all intents are of one store and currency."""
    body = msgspec.json.encode(
        {
            "device_id": device,
            "store_code": intents[0].store_code,
            "currency": intents[0].currency,
            "sent_at": clock.now().isoformat(),
            "orders": [sale(intent, device) for intent in intents],
        }
    )
    stamp = str(int(clock.now().timestamp()))
    key = context.secrets.get(f"device:{device}") or context.secrets.get("secret", "")
    return Request(
        body,
        {
            "content-type": "application/json",
            "x-datong-device": device,
            "x-datong-timestamp": stamp,
            "x-datong-signature": "v1=" + hmac_text(key, f"{stamp}.".encode() + body, "sha256", "hex"),
        },
    )


def sale(intent: OrderIntent, device: str) -> dict[str, Any]:
    c, amounts = intent.currency, settled(intent)
    card = next((i.value for i in intent.identities if i.kind == "card"), "")
    return {
        "id": intent.external_id,
        "closed_at": intent.placed_at.isoformat(),
        "cashier": intent.received_by.partition("/")[2],
        "member_card": card,
        "phone": intent.contact.phone,
        "lines": [
            {
                "sku": x.sku,
                "title": x.title,
                "units": x.units,
                "unit_price": decimal(x.unit_minor or 0, c),
                "discount": decimal(x.discount_minor, c),
            }
            for x in intent.lines
        ],
        "discount": decimal(amounts.merchant_subsidy, c),
        "tax_added": decimal(amounts.tax_added, c),
        "tenders": [{"kind": "card", "amount": decimal(amounts.paid, c), "reference": intent.provider_ref}],
        "note": intent.note,
    }
