"""What the wire formats have read of a webhook's copy, as an observation: never an order of ours."""

from __future__ import annotations

from datong.orders.types import OrderIntent
from datong.shadow.types import LineSeen, OrderSeen


def seen_of(intent: OrderIntent) -> OrderSeen:
    """Masked and relay contacts are left out: they are nobody's own."""
    where = intent.destination
    contact = intent.contact
    text = where.text if where else None
    return OrderSeen(
        native_id=intent.external_id,
        placed_at=intent.placed_at,
        currency=intent.currency,
        lines=tuple(
            LineSeen(line.sku, line.units, line.unit_minor, line.discount_minor, line.title) for line in intent.lines
        ),
        store=intent.store_code,
        named=bool(intent.store_code),
        fulfilment=intent.fulfilment.value,
        phone="" if contact.masked else contact.phone,
        email="" if contact.masked else contact.email,
        place=where.place if where else None,
        where=(text.city, text.region, text.postcode, text.country) if text else ("", "", "", ""),
        promised_at=intent.promised_at,
    )
