"""WeChat Shop (微信小店) by the channels_ec API.

Sources (developers.weixin.qq.com/doc/store/shop/API): product/product/api_updatestock (diff_type 3 sets; the papers
advise 1 or 2 where several write: here one writer, the hub, sets an absolute figure), channels-shop-product/shop/
api_updateproductauditfree (sale_price in fen), api_getproductlist, api_getproduct, channels-shop-delivery/delivery/
api_senddelivery, channels-shop-order/api_getorder; basics/commErrCode: -1, 45009 (a day's quota), 45011 (a minute's);
40001, 40014, 42001: token; 45035, 61004: our address is not in the shop's list; 48001, 48004, 50001, 50002: not
allowed.

Secrets: `appid`, `appsecret`. Setting `carriers`: our carrier's name -> their delivery_id. It has no word for accepted,
ready or a cancellation by the merchant; a refund is answered where its after-sale number is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from datong.sync.connectors.http import Refusal, Trouble, body_of, call, client, done, parts, singles
from datong.sync.types import STATES, Address, Kind, Listing, Message, Ref, Result, Throttle

FIX = "Read what WeChat says, mend it there or here, then send again."
STALE_TOKEN = {40001, 40014, 42001}
BUSY_S = {-1: 2.0, 45011: 60.0, 45009: 1800.0}
"""Seconds until the next try: the system is busy, the calls of this minute, of this day are used up."""
NOT_BELIEVED = {40013, 40125, 45035, 48001, 48004, 50001, 50002, 61004, 61007}
"""The key, our address or what the key may do."""
SHIPPED = {30, 100}
PAGE = 30


class WeChatShop:
    """One shop. The token is asked for once a round, by the call whose answer does not end older tokens."""

    kinds = frozenset({Kind.STOCK, Kind.PRICE, Kind.SHIPPED, Kind.REFUNDED})
    cost = 1.0

    def __init__(self, address: Address) -> None:
        self._address = address
        self._http = client(address)
        self._token = ""

    def throttle(self) -> Throttle | None:
        return None

    def close(self) -> None:
        self._http.close()

    def calls(self, messages: Sequence[Message]) -> list[list[Message]]:
        """Stock one by one, prices of one product together, steps one by one."""
        stock = [m for m in messages if m.kind is Kind.STOCK]
        prices = sorted((m for m in messages if m.kind is Kind.PRICE), key=_product)
        return [*parts(stock, 1), *(list(g) for _, g in groupby(prices, key=_product)), *singles(messages)]

    def push(self, messages: Sequence[Message]) -> list[Result]:
        try:
            first = messages[0]
            if first.kind in STATES:
                self._state(messages)
            elif first.kind is Kind.SHIPPED:
                self._ship(first)
            elif first.kind is Kind.REFUNDED:
                self._refund(first)
        except Trouble as trouble:
            return trouble.results(messages)
        except Refusal as refusal:
            return [refusal.result(m) for m in messages]
        return [done(m) for m in messages]

    def listings(self) -> Iterator[Listing]:
        try:
            key = ""
            while True:
                page = self._ask("/channels/ec/product/list/get", {"status": 5, "page_size": PAGE, "next_key": key})
                for number in page["product_ids"]:
                    found = self._ask("/channels/ec/product/get", {"product_id": number, "data_type": 1})["product"]
                    yield from (_listing(found, sku) for sku in found["skus"])
                key = page.get("next_key") or ""
                if not key or not page["product_ids"]:
                    return
        except Trouble as trouble:
            raise trouble.raised() from None
        except Refusal as refusal:
            raise Trouble(refusal.why, code=refusal.code).raised() from None

    def _state(self, messages: Sequence[Message]) -> None:
        first = messages[0]
        if first.kind is Kind.STOCK:
            body = {"product_id": _product(first), "sku_id": _variant(first), "diff_type": 3, "num": first.units}
            self._ask("/channels/ec/product/stock/update", body)
            return
        skus = [{"sku_id": _variant(m), "sale_price": m.amount_minor} for m in messages]
        self._ask("/channels/ec/product/auditfree", {"product_id": _product(first), "skus": skus})

    def _ship(self, message: Message) -> None:
        """Their order says whether it was shipped before; what is in it is asked for, not assumed."""
        order = self._ask("/channels/ec/order/get", {"order_id": message.order})["order"]
        if order.get("status") in SHIPPED:
            return
        products = [
            {"product_id": str(p["product_id"]), "sku_id": str(p["sku_id"]), "product_cnt": p["sku_cnt"]}
            for p in order["order_detail"]["product_infos"]
        ]
        carriers = self._address.settings.get("carriers") or {}
        carrier = str(message.facts.get("carrier", ""))
        parcel = {
            "delivery_id": carriers.get(carrier, carrier or "OTHER"),
            "waybill_id": str(message.facts.get("tracking", "")),
            "deliver_type": 1 if message.facts.get("tracking") else 3,
            "product_infos": products,
        }
        self._ask("/channels/ec/order/delivery/send", {"order_id": message.order, "delivery_list": [parcel]})

    def _refund(self, message: Message) -> None:
        number = message.facts.get("aftersale")
        if not number:
            why = "WeChat refunds by an after-sale request of the customer, and none is known for this order"
            raise Refusal("no_aftersale", why, "Answer the after-sale request in WeChat's merchant console.")
        self._ask("/channels/ec/aftersale/acceptapply", {"after_sale_order_id": str(number)})

    def _ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of a call with a token; a token that went stale meanwhile is asked for anew, once."""
        for _ in range(2):
            token = self._token or self._new_token()
            answer = body_of(call(self._http, "POST", path, params={"access_token": token}, json=dict(body)))
            code = answer.get("errcode", 0)
            if code not in STALE_TOKEN:
                break
            self._token = ""
        if code in STALE_TOKEN:
            raise Trouble(f"WeChat does not take its own token: {code}", code="not_believed", retry_after_s=60.0)
        if code in BUSY_S:
            raise Trouble(f"WeChat is busy: {code}", code="throttled", retry_after_s=BUSY_S[code])
        if code in NOT_BELIEVED:
            why = f"WeChat does not let us: {code} {answer.get('errmsg', '')}"
            raise Trouble(why, code="not_believed", retry_after_s=60.0)
        if code:
            raise Refusal(f"wechat_{code}", str(answer.get("errmsg", "")), FIX)
        return dict(answer)

    def _new_token(self) -> str:
        secrets = self._address.secrets
        body = {"grant_type": "client_credential", "appid": secrets.get("appid"), "secret": secrets.get("appsecret")}
        answer = body_of(call(self._http, "POST", "/cgi-bin/stable_token", json=body))
        if (code := answer.get("errcode", 0)) in BUSY_S:
            raise Trouble(f"WeChat is busy: {code}", code="throttled", retry_after_s=BUSY_S[code])
        if not answer.get("access_token"):
            why = f"WeChat gives no token: {answer.get('errcode')} {answer.get('errmsg')}"
            raise Trouble(why, code="not_believed", retry_after_s=60.0)
        self._token = str(answer["access_token"])
        return self._token


def _product(message: Message) -> str:
    return message.ref.product if message.ref else ""


def _variant(message: Message) -> str:
    return message.ref.variant if message.ref else ""


def _listing(product: Mapping[str, Any], sku: Mapping[str, Any]) -> Listing:
    return Listing(
        ref=Ref(str(product["product_id"]), str(sku["sku_id"])),
        sku=str(sku.get("sku_code") or ""),
        title=str(product.get("title", "")),
        price_minor=sku.get("sale_price"),
        units=sku.get("stock_num"),
    )
