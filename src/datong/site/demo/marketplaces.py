"""The sending side of the two made-up marketplaces; what receives them is a mapping file each, and no code."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec

from datong.integration.types import Context, Request
from datong.integration.wire.mapping.language import Mapping, Signature, mapping_of
from datong.integration.wire.mapping.signature import sign
from datong.integration.wire.send.common import decimal, local, secret, settled
from datong.kernel import clock
from datong.orders.types import OrderIntent
from datong.site.demo.files import HERE

ZONE = "America/Chicago"


def mapping_text(name: str) -> str:
    """The mapping file of the demo called `name`."""
    return (HERE / "mappings" / f"{name}.toml").read_text(encoding="utf-8")


def quickbasket(intent: OrderIntent, context: Context) -> Request:
    """JSON, cents, milliseconds; an HMAC over time and body in a header."""
    stamp = str(int(clock.now().timestamp()))
    body = msgspec.json.encode({"event": "order.created", "order": _quick(intent)})
    spec = _spec(context)
    made = sign(spec, secret=secret(context), params={}, body=body, url="", timestamp=stamp)
    headers = {"content-type": "application/json", "x-quickbasket-time": stamp, "x-quickbasket-signature": made}
    return Request(body, headers)


def megamall(intent: OrderIntent, context: Context) -> Request:
    """A form whose field `trade` holds JSON; decimals, local time; a keyed digest over the sorted fields."""
    stamp = local(clock.now(), ZONE)
    fields = {"topic": "trade.paid", "at": stamp, "trade": msgspec.json.encode(_mega(intent)).decode()}
    spec = _spec(context)
    made = sign(spec, secret=secret(context), params=fields, body=b"", url="", timestamp=stamp)
    body = urlencode({**fields, spec.at: made}).encode()
    return Request(body, {"content-type": "application/x-www-form-urlencoded"})


def _spec(context: Context) -> Signature:
    mapping: Mapping = mapping_of(str(context.settings["mapping_toml"]))
    if mapping.signature is None:
        raise ValueError(f"mapping {mapping.name} declares no signature")
    return mapping.signature


def _quick(intent: OrderIntent) -> dict[str, Any]:
    a, where = settled(intent), intent.destination
    text, place = (where.text, where.place) if where else (None, None)
    return {
        "id": intent.external_id,
        "created_ms": int(intent.placed_at.timestamp() * 1000),
        "deliver_by_ms": int(intent.promised_at.timestamp() * 1000) if intent.promised_at else None,
        "currency": intent.currency,
        "store": intent.store_code,
        "customer": {"ref": _buyer(intent), "name": intent.contact.name, "relay": intent.contact.phone},
        "dropoff": {
            "street": text.line if text else "",
            "city": text.city if text else "",
            "state": text.region if text else "",
            "zip": text.postcode if text else "",
            "country": text.country if text else "",
            "lon": place.lon if place else None,
            "lat": place.lat if place else None,
        },
        "items": [
            {"sku": x.sku, "name": x.title, "qty": x.units, "price_cents": x.unit_minor or 0} for x in intent.lines
        ],
        "money": {
            "paid_cents": a.paid,
            "platform_discount_cents": a.platform_subsidy,
            "merchant_discount_cents": a.merchant_subsidy,
            "bag_cents": a.packaging,
            "courier_cents": a.delivery,
            "commission_cents": a.commission,
        },
        "note": intent.note,
    }


def _mega(intent: OrderIntent) -> dict[str, Any]:
    a, where, c = settled(intent), intent.destination, intent.currency
    text, place = (where.text, where.place) if where else (None, None)
    return {
        "tradeNo": intent.external_id,
        "paidAt": local(intent.placed_at, ZONE),
        "arriveBy": local(intent.promised_at, ZONE) if intent.promised_at else None,
        "buyer": _buyer(intent),
        "receiver": intent.contact.name,
        "receiverPhone": intent.contact.phone,
        "address": {
            "line": text.line if text else "",
            "city": text.city if text else "",
            "state": text.region if text else "",
            "zip": text.postcode if text else "",
            "point": f"{place.lon},{place.lat}" if place else "",
        },
        "goods": [
            {"outerSku": x.sku, "title": x.title, "num": x.units, "price": decimal(x.unit_minor or 0, c)}
            for x in intent.lines
        ],
        "discount": {"mall": decimal(a.platform_subsidy, c), "shop": decimal(a.merchant_subsidy, c)},
        "fee": {
            "wrapping": decimal(a.packaging, c),
            "freight": decimal(a.delivery, c),
            "commission": decimal(a.commission, c),
        },
        "payment": decimal(a.paid, c),
    }


def _buyer(intent: OrderIntent) -> str:
    found = next((i.value for i in intent.identities if i.kind == "buyer"), "")
    return found.partition(":")[2]
