"""What Shopify sends for `orders/create`. Format and sources: wire.shopify."""

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


def build(intent: OrderIntent, context: Context, *, topic: str = "orders/create") -> Request:
    body = msgspec.json.encode(payload(intent))
    return Request(
        body,
        {
            "content-type": "application/json",
            "x-shopify-topic": topic,
            "x-shopify-shop-domain": str(context.settings.get("shop_domain", "datong.myshopify.com")),
            "x-shopify-api-version": "2026-07",
            "x-shopify-webhook-id": str(uuid7()),
            "x-shopify-triggered-at": intent.placed_at.isoformat(),
            "x-shopify-hmac-sha256": hmac_text(secret(context), body),
        },
    )


def payload(intent: OrderIntent) -> dict[str, Any]:
    c = intent.currency
    amounts = settled(intent)
    pickup = intent.fulfilment is FulfilmentKind.PICKUP
    cash = intent.payment in (PaymentMethod.CASH_ON_DELIVERY, PaymentMethod.PAY_AT_STORE)
    email = next((i.value for i in intent.identities if i.kind == "email" and i.verified), intent.contact.email)
    address = _address(intent)
    return {
        "id": int(intent.external_id) if intent.external_id.isdecimal() else intent.external_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{intent.external_id}",
        "name": f"#{intent.external_id}",
        "created_at": intent.placed_at.isoformat(),
        "cancelled_at": None,
        "currency": c,
        "email": intent.contact.email or None,
        "phone": intent.contact.phone or None,
        "financial_status": "paid" if intent.paid else "pending",
        "fulfillment_status": None,
        "payment_gateway_names": ["Cash on Delivery (COD)" if cash else "shopify_payments"],
        "taxes_included": amounts.tax_added == 0,
        "total_line_items_price": decimal(sum((x.unit_minor or 0) * x.units for x in intent.lines), c),
        "total_discounts": decimal(sum(x.discount_minor for x in intent.lines), c),
        "subtotal_price": decimal(amounts.goods, c),
        "total_tax": decimal(amounts.tax_added, c),
        "total_price": decimal(amounts.paid, c),
        "total_shipping_price_set": {"shop_money": {"amount": decimal(amounts.delivery, c), "currency_code": c}},
        "note": intent.note or None,
        "note_attributes": [{"name": "store_code", "value": intent.store_code}] if intent.store_code else [],
        "customer": _customer(intent, email),
        "billing_address": address,
        "shipping_address": None if pickup else address,
        "shipping_lines": [
            {
                "code": "pickup" if pickup else "standard",
                "title": "Pickup" if pickup else "Standard",
                "price": decimal(amounts.delivery, c),
                "discounted_price": decimal(amounts.delivery, c),
            }
        ],
        "line_items": [_line(line, c) for line in intent.lines],
    }


def _line(line: Any, c: str) -> dict[str, Any]:
    discount = decimal(line.discount_minor, c)
    return {
        "id": line.line_no,
        "sku": line.sku,
        "title": line.title,
        "name": line.title,
        "quantity": line.units,
        "price": decimal(line.unit_minor or 0, c),
        "price_set": {"shop_money": {"amount": decimal(line.unit_minor or 0, c), "currency_code": c}},
        "total_discount": discount,
        "discount_allocations": [{"amount": discount, "discount_application_index": 0}] if line.discount_minor else [],
        "requires_shipping": True,
        "tax_lines": [],
    }


def _customer(intent: OrderIntent, email: str) -> dict[str, Any] | None:
    number = buyer_id(intent)
    verified = any(i.kind == "email" and i.verified for i in intent.identities)
    if not number and not email:
        return None
    return {"id": int(number) if number.isdecimal() else number or None, "email": email, "verified_email": verified}


def _address(intent: OrderIntent) -> dict[str, Any]:
    where = intent.destination
    text, place = (where.text, where.place) if where else (None, None)
    return {
        "name": intent.contact.name,
        "address1": text.line if text else "",
        "address2": None,
        "city": text.city if text else "",
        "province_code": text.region if text else None,
        "zip": text.postcode if text else None,
        "country_code": text.country if text else None,
        "phone": intent.contact.phone or None,
        "latitude": place.lat if place else None,
        "longitude": place.lon if place else None,
    }
