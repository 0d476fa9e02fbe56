"""JD Daojia's calls for stock, prices and orders. Source: the papers named in integration's mapping `jd_daojia`.

Every call's signature is checked: md5 of the secret, each parameter's name and value sorted by name, and the secret, in
upper case. An answer's `data` is text that holds another answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from datong.sync.local.server import Answer, Call, Server

ORDER_CALLS = {
    "/ocs/orderAcceptOperate": "accepted",
    "/bm/open/api/order/OrderSerllerDelivery": "shipped",
    "/ocs/deliveryEndOrder": "delivered",
    "/orderStatus/cancelAndRefund": "cancelled",
}


class LocalJdDaojia(Server):
    """`shelves`: {store number: {outSkuId: {stockQty, price}}}; `products`: {outSkuId: name}; `orders`: {number: [what
    was said]}. `busy` makes the next calls answer 10032."""

    def __init__(self, secret: str = "jd-secret") -> None:  # noqa: S107 a stand-in's
        super().__init__()
        self.secret, self.busy = secret, 0
        self.products: dict[str, str] = {}
        self.shelves: dict[str, dict[str, dict[str, int]]] = {}
        self.orders: dict[str, list[dict[str, Any]]] = {}

    def put(self, place: str, sku: str, name: str, price_minor: int = 0) -> None:
        self.products[sku] = name
        self.shelves.setdefault(place, {})[sku] = {"stockQty": 0, "price": price_minor}

    def answer(self, call: Call) -> Answer:
        params = dict(parse_qsl(call.body.decode(), True))
        if params.pop("sign", "") != self._sign(params):
            return Answer({"code": "10013", "msg": "签名错误", "data": None})
        if self.busy:
            self.busy -= 1
            return Answer({"code": "10032", "msg": "请求过于频繁", "data": ""})
        said = msgspec.json.decode(params["jd_param_json"])
        if call.path == "/stock/batchUpdateCurrentQtys":
            return self._shelf(said, said["skuStockList"], "stockQty", "ret")
        if call.path == "/venderprice/updateStationPrice":
            return self._shelf(said, said["skuPriceInfoList"], "price", "")
        if call.path == "/pms/querySkuInfos":
            return self._list(said)
        return self._order(ORDER_CALLS.get(call.path, ""), said)

    def _sign(self, params: Mapping[str, str]) -> str:
        joined = "".join(f"{name}{params[name]}" for name in sorted(params))
        text = f"{self.secret}{joined}{self.secret}".encode()
        return hashlib.md5(text, usedforsecurity=False).hexdigest().upper()

    def _shelf(self, said: Mapping[str, Any], rows: Any, what: str, form: str) -> Answer:
        shelf = self.shelves.get(said["outStationNo"], {})
        strange = [row["outSkuId"] for row in rows if row["outSkuId"] not in shelf]
        if strange:
            return _wrapped("1", f"商品不存在 {strange[0]}", form)
        for row in rows:
            shelf[row["outSkuId"]][what] = row[what]
        return _wrapped("0", "成功", form)

    def _list(self, said: Mapping[str, Any]) -> Answer:
        every = sorted(self.products)
        first, size = (said["pageNo"] - 1) * said["pageSize"], said["pageSize"]
        rows = [
            {"skuId": 2_000 + every.index(sku), "outSkuId": sku, "skuName": self.products[sku]}
            for sku in every[first : first + size]
        ]
        listed = {"count": len(every), "resultList": msgspec.json.encode(rows).decode()}
        return _wrapped("0", "操作成功", "", result=listed)

    def _order(self, what: str, said: dict[str, Any]) -> Answer:
        if not what or said["orderId"] not in self.orders:
            return _wrapped("-1", "订单不存在", "")
        self.orders[said["orderId"]].append({"what": what, **said})
        return _wrapped("0", "操作成功", "")


def _wrapped(code: str, message: str, form: str, **more: Any) -> Answer:
    inner = {"retCode": code, "retMsg": message} if form else {"code": code, "msg": message}
    text = msgspec.json.encode({**inner, **more}).decode()
    return Answer({"code": "0", "msg": "操作成功", "data": text})
