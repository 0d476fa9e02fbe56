"""What Ele.me pushes when an order takes effect (type 10). Format and sources: mappings/eleme.toml."""

from __future__ import annotations

from typing import Any

import msgspec

from datong.integration.types import Context, Request
from datong.integration.wire.datum import to_gcj02
from datong.integration.wire.marketplace import shipped
from datong.integration.wire.send.common import buyer_id, local, number, relay_text, settled, signed_json
from datong.orders.types import OrderIntent

_ZONE, _ISO = "Asia/Shanghai", "%Y-%m-%dT%H:%M:%S"


def build(intent: OrderIntent, context: Context, *, kind: int = 10) -> Request:
    stamp = int(intent.placed_at.timestamp())
    document = {
        "requestId": f"{stamp}{intent.external_id[-6:]}",
        "type": kind,
        "appId": 1,
        "message": msgspec.json.encode(payload(intent)).decode(),
        "shopId": 1,
        "timestamp": stamp * 1000,
        "userId": 1,
    }
    return signed_json(shipped("eleme"), document, context, "")


def payload(intent: OrderIntent) -> dict[str, Any]:
    c, a = "CNY", settled(intent)
    where = intent.destination
    place = to_gcj02(where.place) if where and where.place else None
    return {
        "id": intent.external_id,
        "orderId": intent.external_id,
        "createdAt": local(intent.placed_at, _ZONE, _ISO),
        "activeAt": local(intent.placed_at, _ZONE, _ISO),
        "deliverTime": local(intent.promised_at, _ZONE, _ISO) if intent.promised_at else None,
        "openId": intent.store_code,
        "shopId": 1,
        "userId": buyer_id(intent),
        "onlinePaid": intent.paid,
        "consignee": intent.contact.name,
        "phoneList": [relay_text(intent.contact.phone)] if intent.contact.phone else [],
        "deliveryPoiAddress": where.text.line if where else "",
        "deliveryGeo": f"{place.lon:.7f},{place.lat:.7f}" if place else "",
        "description": intent.note,
        "status": "unprocessed",
        "totalPrice": number(a.paid, c),
        "originalPrice": number(a.goods + a.packaging + a.delivery, c),
        "packageFee": number(a.packaging, c),
        "deliverFee": number(a.delivery, c),
        "hongbao": number(0, c),
        "elemePart": number(-a.platform_subsidy, c),
        "shopPart": number(-a.merchant_subsidy, c),
        "activityTotal": number(-a.platform_subsidy - a.merchant_subsidy, c),
        "serviceFee": number(-a.commission, c),
        "income": number(a.paid + a.platform_subsidy - a.commission, c),
        "groups": [
            {"name": "1号篮子", "type": "normal", "items": [_item(x) for x in intent.lines]},
            {"name": "其它费用", "type": "extra", "items": []},
        ],
    }


def _item(line: Any) -> dict[str, Any]:
    price = line.unit_minor or 0
    return {
        "id": line.line_no,
        "skuId": line.line_no,
        "extendCode": line.sku,
        "name": line.title,
        "price": number(price, "CNY"),
        "quantity": line.units,
        "total": number(price * line.units, "CNY"),
    }
