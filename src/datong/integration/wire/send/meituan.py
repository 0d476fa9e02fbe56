"""What Meituan pushes for an order. Format and sources: mappings/meituan.toml."""

from __future__ import annotations

from typing import Any

import msgspec

from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import Context, Request
from datong.integration.wire.datum import to_gcj02
from datong.integration.wire.marketplace import shipped
from datong.integration.wire.send.common import buyer_id, decimal, number, relay_text, settled, signed_form
from datong.orders.types import OrderIntent

URL = "https://datong.example/hooks/meituan"


def build(intent: OrderIntent, context: Context, *, url: str = URL) -> Request:
    return signed_form(shipped("meituan"), payload(intent), context, url)


def payload(intent: OrderIntent) -> dict[str, str]:
    c, a = "CNY", settled(intent)
    where = intent.destination
    place = to_gcj02(where.place) if where and where.place else None
    stamp = str(int(intent.placed_at.timestamp()))
    receive = {
        "foodShareFeeChargeByPoi": a.commission,
        "logisticsFee": a.delivery,
        "onlinePayment": a.paid,
        "wmPoiReceiveCent": a.paid + a.platform_subsidy - a.commission,
    }
    act = {
        "act_detail_id": 1,
        "type": 2,
        "remark": "满减",
        "reduce_fee": number(a.platform_subsidy + a.merchant_subsidy, c),
        "mt_charge": number(a.platform_subsidy, c),
        "poi_charge": number(a.merchant_subsidy, c),
    }
    return {
        "app_id": "1",
        "timestamp": stamp,
        "order_id": intent.external_id,
        "wm_order_id_view": intent.external_id,
        "app_poi_code": intent.store_code,
        "ctime": stamp,
        "utime": stamp,
        "delivery_time": str(int(intent.promised_at.timestamp())) if intent.promised_at else "0",
        "status": "2",
        "pay_type": "2" if intent.paid else "1",
        "pick_type": "1" if intent.fulfilment is FulfilmentKind.PICKUP else "0",
        "recipient_name": intent.contact.name,
        "recipient_phone": relay_text(intent.contact.phone),
        "recipient_address": where.text.line if where else "",
        "longitude": f"{place.lon:.7f}" if place else "",
        "latitude": f"{place.lat:.7f}" if place else "",
        "openUid": buyer_id(intent),
        "caution": intent.note,
        "total": decimal(a.paid, c),
        "original_price": decimal(a.goods + a.packaging + a.delivery, c),
        "shipping_fee": decimal(a.delivery, c),
        "package_bag_money": str(a.packaging),
        "detail": _json([_line(x) for x in intent.lines]),
        "extras": _json([act, {}]),
        "poi_receive_detail": _json(receive),
    }


def _line(line: Any) -> dict[str, Any]:
    return {
        "app_food_code": line.sku,
        "sku_id": line.sku,
        "food_name": line.title,
        "quantity": line.units,
        "price": number(line.unit_minor or 0, "CNY"),
        "box_num": 0,
        "box_price": 0,
        "food_discount": 1,
        "food_property": ",".join(line.options),
        "unit": "份",
        "cart_id": 0,
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
