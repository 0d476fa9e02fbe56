"""What WooCommerce sends for `order.created`. Format and sources: wire.woocommerce."""

from __future__ import annotations

from typing import Any

import msgspec

from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import Context, Request
from datong.integration.wire.send.common import buyer_id, decimal, secret, settled
from datong.integration.wire.signing import hmac_text
from datong.kernel.ids import uuid7
from datong.orders.types import OrderIntent
from datong.payments.types import PaymentMethod


def build(intent: OrderIntent, context: Context, *, topic: str = "order.created") -> Request:
    body = msgspec.json.encode(payload(intent))
    resource, _, event = topic.partition(".")
    return Request(
        body,
        {
            "content-type": "application/json",
            "user-agent": "WooCommerce/10.3.0 Hookshot (WordPress/6.9)",
            "x-wc-webhook-source": str(context.settings.get("source", "https://shop.example/")),
            "x-wc-webhook-topic": topic,
            "x-wc-webhook-resource": resource,
            "x-wc-webhook-event": event,
            "x-wc-webhook-id": "1",
            "x-wc-webhook-delivery-id": uuid7().hex,
            "x-wc-webhook-signature": hmac_text(secret(context), body),
        },
    )


def payload(intent: OrderIntent) -> dict[str, Any]:
    c, amounts = intent.currency, settled(intent)
    pickup = intent.fulfilment is FulfilmentKind.PICKUP
    cash = intent.payment in (PaymentMethod.CASH_ON_DELIVERY, PaymentMethod.PAY_AT_STORE)
    number = buyer_id(intent)
    stamp = intent.placed_at.strftime("%Y-%m-%dT%H:%M:%S")
    fees = [("Packaging", amounts.packaging), ("Discount", -amounts.merchant_subsidy)]
    address = _address(intent)
    return {
        "id": int(intent.external_id) if intent.external_id.isdecimal() else intent.external_id,
        "number": intent.external_id,
        "status": "processing" if intent.paid or cash else "pending",
        "currency": c,
        "version": "10.3.0",
        "prices_include_tax": amounts.tax_added == 0,
        "date_created": stamp,
        "date_created_gmt": stamp,
        "discount_total": decimal(sum(x.discount_minor for x in intent.lines), c),
        "shipping_total": decimal(amounts.delivery, c),
        "shipping_tax": decimal(0, c),
        "cart_tax": decimal(amounts.tax_added, c),
        "total_tax": decimal(amounts.tax_added, c),
        "total": decimal(amounts.paid, c),
        "customer_id": int(number) if number.isdecimal() else number or 0,
        "customer_note": intent.note,
        "billing": address | {"email": intent.contact.email},
        "shipping": _empty(address) if pickup else address,
        "payment_method": "cod" if cash else "stripe",
        "payment_method_title": "Cash on delivery" if cash else "Card",
        "transaction_id": intent.provider_ref,
        "date_paid_gmt": stamp if intent.paid else None,
        "line_items": [_line(line, c) for line in intent.lines],
        "shipping_lines": [_shipping(intent, amounts.delivery, pickup=pickup)],
        "fee_lines": [{"name": n, "total": decimal(v, c), "total_tax": decimal(0, c)} for n, v in fees if v],
        "coupon_lines": [],
        "tax_lines": [],
        "refunds": [],
    }


def _line(line: Any, c: str) -> dict[str, Any]:
    before = (line.unit_minor or 0) * line.units
    return {
        "id": line.line_no,
        "name": line.title,
        "sku": line.sku,
        "quantity": line.units,
        "subtotal": decimal(before, c),
        "subtotal_tax": decimal(0, c),
        "total": decimal(before - line.discount_minor, c),
        "total_tax": decimal(0, c),
    }


def _shipping(intent: OrderIntent, delivery: int, *, pickup: bool) -> dict[str, Any]:
    if not pickup:
        return {"method_id": "flat_rate", "method_title": "Flat rate", "total": decimal(delivery, intent.currency)}
    meta = [{"key": "pickup_location", "value": intent.store_code}]
    return {"method_id": "pickup_location", "instance_id": "0", "total": "0.00", "meta_data": meta}


def _address(intent: OrderIntent) -> dict[str, Any]:
    text = intent.destination.text if intent.destination else None
    first, _, last = intent.contact.name.partition(" ")
    return {
        "first_name": first,
        "last_name": last,
        "address_1": text.line if text else "",
        "address_2": "",
        "city": text.city if text else "",
        "state": text.region if text else "",
        "postcode": text.postcode if text else "",
        "country": text.country if text else "",
        "phone": intent.contact.phone,
    }


def _empty(address: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(address, "")
