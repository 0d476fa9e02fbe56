"""What WeChat Shop sends: an encrypted event with the order's number, and its details. Sources: wire.wechat_shop."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec
import xmltodict

from datong.integration.types import Context, Request
from datong.integration.wire.send.common import settled
from datong.kernel import clock
from datong.orders.types import OrderIntent


def build(intent: OrderIntent, context: Context, *, event: str = "channels_ec_order_pay") -> Request:
    openid = _openid(intent)
    message = {
        "ToUserName": "gh_datong",
        "FromUserName": openid or "OPENID",
        "CreateTime": int(intent.placed_at.timestamp()),
        "MsgType": "event",
        "Event": event,
        "order_info": {"order_id": intent.external_id, "pay_time": str(int(intent.placed_at.timestamp()))},
    }
    return encrypted(msgspec.json.encode(message).decode(), context)


def encrypted(message: str, context: Context, *, xml: bool = False) -> Request:
    """A message as WeChat puts it on the wire: ciphertext in the body, the signature in the URL."""
    from wechatpy.crypto import WeChatCrypto  # brings along a hundred modules that only WeChat needs

    crypto = WeChatCrypto(context.secrets["token"], context.secrets["aes_key"], context.secrets["appid"])
    stamp, nonce = str(int(clock.now().timestamp())), str(secrets.randbelow(10**9))
    sealed = xmltodict.parse(crypto.encrypt_message(message, nonce, stamp))["xml"]
    query = {
        "timestamp": stamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": sealed["MsgSignature"],
    }
    if xml:
        body = f"<xml><ToUserName><![CDATA[gh_datong]]></ToUserName><Encrypt>{sealed['Encrypt']}</Encrypt></xml>"
        return Request(body.encode(), {"content-type": "text/xml"}, query)
    body = msgspec.json.encode({"ToUserName": "gh_datong", "Encrypt": sealed["Encrypt"]}).decode()
    return Request(body.encode(), {"content-type": "application/json"}, query)


def details(intent: OrderIntent, *, status: int = 20) -> dict[str, Any]:
    """The `order` of /channels/ec/order/get."""
    a, stamp = settled(intent), int(intent.placed_at.timestamp())
    return {
        "order_id": intent.external_id,
        "status": status,
        "create_time": stamp,
        "update_time": stamp,
        "openid": _openid(intent),
        "unionid": next((i.value for i in intent.identities if i.kind == "wechat_unionid"), ""),
        "order_detail": {
            "product_infos": [_product(x) for x in intent.lines],
            "price_info": {
                "product_price": a.goods,
                "order_price": a.paid,
                "freight": a.delivery,
                "discounted_price": a.platform_subsidy + a.merchant_subsidy,
                "is_discounted": a.platform_subsidy + a.merchant_subsidy > 0,
                "merchant_receieve_price": a.paid + a.platform_subsidy,
                "merchant_discounted_price": a.merchant_subsidy,
            },
            "pay_info": {
                "payment_method": 1,
                "prepay_id": "",
                "prepay_time": stamp,
                **({"pay_time": stamp, "transaction_id": intent.provider_ref} if status not in (10, 250) else {}),
            },
            "delivery_info": {"deliver_method": 0, "address_info": _address(intent), "delivery_product_info": []},
            "settle_info": {"predict_commission_fee": a.commission},
            "commission_infos": [],
            "ext_info": {"customer_notes": intent.note, "merchant_notes": ""},
        },
        "aftersale_detail": {"aftersale_order_list": [], "on_aftersale_order_cnt": 0},
    }


def _product(line: Any) -> dict[str, Any]:
    price = line.unit_minor or 0
    return {
        "product_id": str(10_000 + line.line_no),
        "sku_id": str(20_000 + line.line_no),
        "sku_code": line.sku,
        "sku_cnt": line.units,
        "title": line.title,
        "sale_price": price,
        "market_price": price,
        "real_price": price * line.units - line.discount_minor,
        "merchant_discounted_price": line.discount_minor,
        "on_aftersale_sku_cnt": 0,
        "finish_aftersale_sku_cnt": 0,
        "out_warehouse_id": "",
        "sku_attrs": [],
    }


def _address(intent: OrderIntent) -> dict[str, Any]:
    text = intent.destination.text if intent.destination else None
    number, _, extension = intent.contact.phone.removeprefix("+86").partition(";ext=")
    relay = bool(extension)
    return {
        "user_name": intent.contact.name,
        "postal_code": text.postcode if text else "",
        "province_name": text.region if text else "",
        "city_name": text.city if text else "",
        "county_name": "",
        "detail_info": text.line if text else "",
        "house_number": "",
        "national_code": "",
        "tel_number": f"{number[:3]}****{number[-4:]}" if relay else number,
        "use_tel_number": int(relay),
        "tel_number_ext_info": {
            "real_tel_number": f"{number[:3]}****{number[-4:]}",
            **({"virtual_tel_number": f"{number}-{extension}"} if relay else {}),
        },
    }


def _openid(intent: OrderIntent) -> str:
    found = next((i.value for i in intent.identities if i.kind == "wechat_openid"), "")
    return found.partition(":")[2]
