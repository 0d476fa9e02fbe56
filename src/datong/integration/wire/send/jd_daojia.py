"""What JD Daojia sends: a message with the order's number, and the order when asked for it. mappings/jd_daojia.toml."""

from __future__ import annotations

from typing import Any

import msgspec

from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import Context, Request
from datong.integration.wire.datum import to_gcj02
from datong.integration.wire.marketplace import shipped
from datong.integration.wire.send.common import buyer_id, local, relay_text, secret, settled, signed_form
from datong.orders.types import OrderIntent

_ZONE = "Asia/Shanghai"


def build(intent: OrderIntent, context: Context, *, status: int = 41000) -> Request:
    """The message newOrder: billId and statusId, nothing of the order itself."""
    stamp = local(intent.placed_at, _ZONE)
    bill = {"billId": intent.external_id, "statusId": str(status), "timestamp": stamp}
    params = {
        "token": secret(context, "token"),
        "app_key": secret(context, "app_key"),
        "timestamp": stamp,
        "format": "json",
        "v": "1.0",
        "jd_param_json": msgspec.json.encode(bill).decode(),
    }
    return signed_form(shipped("jd_daojia"), params, context, "")


def answer(intent: OrderIntent | None) -> bytes:
    """What /order/es/query answers: JSON text in JSON text in JSON."""
    orders = [payload(intent)] if intent else []
    result = msgspec.json.encode({"pageNo": 1, "totalCount": len(orders), "resultList": orders}).decode()
    data = msgspec.json.encode({"code": "0", "msg": "操作成功", "result": result, "success": True}).decode()
    return msgspec.json.encode({"code": "0", "msg": "操作成功", "data": data, "success": True})


def payload(intent: OrderIntent) -> dict[str, Any]:
    a, where = settled(intent), intent.destination
    place = to_gcj02(where.place) if where and where.place else None
    pickup = intent.fulfilment is FulfilmentKind.PICKUP
    discount = a.platform_subsidy + a.merchant_subsidy
    return {
        "orderId": int(intent.external_id) if intent.external_id.isdecimal() else intent.external_id,
        "orderStatus": 41000,
        "orderStartTime": local(intent.placed_at, _ZONE),
        "orderPreEndDeliveryTime": local(intent.promised_at, _ZONE) if intent.promised_at else None,
        "produceStationNoIsv": intent.store_code,
        "deliveryCarrierNo": "9999" if pickup else "9966",
        "orderPayType": 4 if intent.paid else 1,
        "buyerPin": buyer_id(intent),
        "buyerFullName": intent.contact.name,
        "buyerMobile": relay_text(intent.contact.phone),
        "buyerFullAddress": where.text.line if where else "",
        "buyerCityName": where.text.city if where else "",
        "buyerLng": place.lon if place else None,
        "buyerLat": place.lat if place else None,
        "buyerCoordType": 5,
        "orderBuyerRemark": intent.note,
        "orderTotalMoney": a.goods,
        "orderDiscountMoney": discount,
        "orderFreightMoney": a.delivery,
        "packagingMoney": a.packaging,
        "platformPointsDeductionMoney": 0,
        "orderBuyerPayableMoney": a.paid,
        "product": [
            {
                "skuId": x.line_no,
                "skuIdIsv": x.sku,
                "skuName": x.title,
                "skuJdPrice": x.unit_minor or 0,
                "skuCount": x.units,
                "skuCostumeProperty": ";".join(x.options),
            }
            for x in intent.lines
        ],
        "discount": [
            {
                "discountType": 1,
                "discountPrice": discount,
                "platPayMoney": a.platform_subsidy,
                "venderPayMoney": a.merchant_subsidy,
            }
        ],
    }
