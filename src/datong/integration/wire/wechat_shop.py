"""WeChat Shop (微信小店): order events that carry only an order id, and the details fetched for them.

Sources: https://developers.weixin.qq.com/doc/oplatform/developers/dev/push/encryption.md (msg_signature is SHA-1 of
token, timestamp, nonce and Encrypt sorted; AES-256-CBC; answered with `success` or nothing),
https://developers.weixin.qq.com/doc/channels/API/order/callback/channels_ec_order_new.html and `_pay`,
https://developers.weixin.qq.com/doc/store/API/order/get (POST /channels/ec/order/get; amounts in fen; `openid`,
`unionid`), https://developers.weixin.qq.com/doc/channels/api/basic/api_getstableaccesstoken (7200 s; 40001 and 42001
mean: ask for a new one). Customers are hidden: `user_name` and `tel_number` come as 林**, 183****2807, and the number
that reaches them for this order is `tel_number_ext_info.virtual_tel_number`, with an extension.

An order is taken when it is paid. `channels_ec_order_new` is kept as well and asked after again later, so that a lost
`_pay` event loses no order; status 10 unpaid, 20 to be sent, 21 sent in part, 30 sent, 100 done, 200 and 250 closed.
Secrets of the endpoint: token, aes_key, appid, appsecret. Settings: base_url, warehouses (warehouse id -> store code),
and for a shop abroad `currency` and `country` (CNY and CN unless set): the payload names neither.
"""

from __future__ import annotations

import binascii
from typing import Any

import xmltodict

from datong.brand.types import AddressText
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.integration.types import (
    MAX_EXTERNAL_ID,
    BadSignature,
    Connector,
    Context,
    NotAnOrder,
    NotYet,
    Piece,
    Reply,
    Request,
)
from datong.integration.wire.intents import (
    MAX_LINE,
    MAX_NAME,
    MAX_NOTE,
    MAX_TITLE,
    contact_of,
    destination_of,
    goods_of,
)
from datong.integration.wire.reading import Problems, Reader, json_of
from datong.integration.wire.signing import require_same, secret_of
from datong.integration.wire.wechat_api import fetch_order
from datong.kernel.errors import BadInput
from datong.orders.types import MAX_LINES, Amounts, Contact, IntentLine, OrderIntent
from datong.payments.types import PaymentMethod

EVENTS = ("channels_ec_order_new", "channels_ec_order_pay")
UNPAID, CLOSED = {10, 12, 13}, {200, 250}
VIRTUAL = 1  # delivery method: nothing is sent, it is used on site
CURRENCY, COUNTRY = "CNY", "CN"


def _signature(*parts: str) -> str:
    from wechatpy.utils import WeChatSigner  # brings along a hundred modules that only WeChat needs

    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def verify(request: Request, context: Context) -> None:
    """The four-part signature of the encrypted body; the plain one of the URL proves nothing about the body."""
    signed = _signature(secret_of(context, "token"), *_stamp(request), _envelope(request.body).get("Encrypt") or "-")
    require_same(request.query.get("msg_signature", ""), signed)


def greet(request: Request, context: Context) -> Reply:
    """The GET with which an address is confirmed: give `echostr` back to who knows the token."""
    require_same(request.query.get("signature", ""), _signature(secret_of(context, "token"), *_stamp(request)))
    return Reply(request.query.get("echostr", "")[:200], "text/plain")


def unpack(request: Request, context: Context) -> list[Piece]:
    """The message in the clear is what is kept; the encrypted one could be read by nobody later on."""
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.exceptions import WeChatException

    timestamp, nonce = _stamp(request)
    crypto = WeChatCrypto(secret_of(context, "token"), secret_of(context, "aes_key"), secret_of(context, "appid"))
    try:
        plain = crypto.decrypt_message(
            _envelope(request.body), request.query.get("msg_signature", ""), timestamp, nonce
        ).encode()
    except (WeChatException, ValueError, IndexError, binascii.Error) as error:
        raise BadSignature(f"the message does not open with our key and app id: {type(error).__name__}") from None
    event = _event(plain)
    order_id = str((event.get("order_info") or {}).get("order_id") or "")[:MAX_EXTERNAL_ID]
    return [Piece(plain, order_id, orders=event.get("Event") in EVENTS)]


def _stamp(request: Request) -> tuple[str, str]:
    return request.query.get("timestamp", ""), request.query.get("nonce", "")


def _envelope(body: bytes) -> dict[str, Any]:
    """JSON as WeChat Shop sends it, XML as the older accounts do; anything else is nothing."""
    try:
        found = xmltodict.parse(body).get("xml") if body.lstrip()[:1] == b"<" else json_of(body)
    except (BadInput, ValueError, xmltodict.expat.ExpatError):
        return {}
    return found if isinstance(found, dict) else {}


def _event(plain: bytes) -> dict[str, Any]:
    found = _envelope(plain)
    info = found.get("order_info")
    return found | {"order_info": info if isinstance(info, dict) else {}}


def parse(body: bytes, context: Context) -> list[OrderIntent]:
    """Reads the answer of /channels/ec/order/get; raises NotYet for an unpaid order, NotAnOrder for a closed one."""
    problems = Problems()
    answer = Reader(json_of(body), problems)
    order = answer.sub("order") if answer.has("order") else answer
    status = order.whole("status", high=10_000)
    detail = order.sub("order_detail")
    pay = detail.sub("pay_info")
    if status in CLOSED:
        raise NotAnOrder(f"the order was closed at WeChat (status {status})")
    if status in UNPAID and not pay.has("pay_time"):
        raise NotYet(f"the order is not paid at WeChat yet (status {status})", retry_after_s=60)
    lines = tuple(_lines(detail))
    delivery = detail.sub("delivery_info")
    virtual = delivery.whole("deliver_method", high=100, default=0) == VIRTUAL
    contact, destination = _receiver(delivery.sub("address_info"), str(context.settings.get("country", COUNTRY)))
    intent = OrderIntent(
        channel_id=context.channel_id,
        external_id=order.external_id("order_id"),
        placed_at=order.epoch("create_time"),
        currency=str(context.settings.get("currency", CURRENCY)),
        lines=lines,
        fulfilment=FulfilmentKind.IN_STORE if virtual else FulfilmentKind.DELIVERY,
        payment=PaymentMethod.PLATFORM,
        paid=True,
        store_code=_store(detail, context),
        destination=None if virtual else destination,
        contact=contact,
        identities=tuple(_identities(order, context)),
        amounts=_amounts(detail, lines),
        provider_ref=pay.text("transaction_id", limit=64),
        note=detail.sub("ext_info").text("customer_notes", limit=MAX_NOTE, cut=True),
        received_by=context.received_by,
        inbox_id=context.inbox_id,
    )
    problems.done("the WeChat order")
    return [intent]


def _lines(detail: Reader) -> list[IntentLine]:
    found = []
    for no, item in enumerate(detail.each("product_infos", limit=MAX_LINES, required=True), 1):
        units, price = item.whole("sku_cnt", low=1), item.fen("sale_price")
        discount = min(item.fen("merchant_discounted_price", default=0), price * units)
        sku, title = item.sku("sku_code", "out_sku_id", "sku_id"), item.text("title", limit=MAX_TITLE, cut=True)
        found.append(IntentLine(no, sku, units, price, discount, title))
    return found


def _amounts(detail: Reader, lines: tuple[IntentLine, ...]) -> Amounts:
    """`order_price` is what the customer paid, `merchant_receieve_price` (so spelt) what WeChat owes before its fee.

    What neither a line's own discount nor WeChat bears (a changed price, points of the shop) is the merchant's.
    """
    price = detail.sub("price_info")
    goods, freight, paid = goods_of(lines), price.fen("freight", default=0), price.fen("order_price")
    platform = max(0, price.fen("merchant_receieve_price", default=paid) - paid)
    settle = detail.sub("settle_info")
    fee = "commission_fee" if settle.has("commission_fee") else "predict_commission_fee"
    shared = sum(c.fen("amount", default=0) for c in detail.each("commission_infos", limit=100))
    return Amounts(
        goods=goods,
        paid=paid,
        platform_subsidy=platform,
        merchant_subsidy=max(0, goods + freight - platform - paid),
        delivery=freight,
        commission=settle.fen(fee, default=0) + shared,
    )


def _receiver(a: Reader, country: str) -> tuple[Contact, Any]:
    real = a.sub("tel_number_ext_info")
    relay = a.flag("use_tel_number")
    phone = (
        (real.text("virtual_tel_number", limit=60) if relay else "")
        or a.text("tel_number", limit=60)
        or a.text("virtual_order_tel_number", limit=60)
        or real.text("real_tel_number", limit=60)
    )
    contact = contact_of(a.text("user_name", limit=MAX_NAME, cut=True), phone, "", country, relay=relay)
    parts = (a.text("county_name", limit=120), a.text("detail_info", limit=MAX_LINE), a.text("house_number", limit=120))
    city, region = a.text("city_name", limit=120), a.text("province_name", limit=80)
    text = AddressText("".join(parts), city, region, a.text("postal_code", limit=20), country)
    return contact, destination_of(text, None)


def _identities(order: Reader, context: Context) -> list[Identity]:
    openid, unionid = order.text("openid", limit=128), order.text("unionid", limit=128)
    found = []
    if unionid:
        found.append(Identity(IdentityKind.WECHAT_UNIONID, unionid, verified=True))
    if openid:
        appid = context.secrets.get("appid", "")
        found.append(Identity(IdentityKind.WECHAT_OPENID, f"{appid}:{openid}", verified=True))
    return found


def _store(detail: Reader, context: Context) -> str:
    """The store of the warehouse, when all lines name one and the brand has said which store that is."""
    stores = context.settings.get("warehouses", {})
    named = {item.text("out_warehouse_id", limit=64) for item in detail.each("product_infos", limit=MAX_LINES)}
    return str(stores.get(named.pop(), "")) if len(named) == 1 else ""


CONNECTOR = Connector(
    "wechat_shop",
    verify,
    unpack,
    parse,
    Reply("success", "text/plain"),
    fetch=fetch_order,
    greet=greet,
    speaks="channels_ec_order",
)
