"""WeChat Shop's calls for products, stock and delivery. Sources: those of `connectors.wechat_shop`."""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping
from typing import Any

from datong.sync.local.orders import TOKEN, LocalOrders
from datong.sync.local.server import Answer, Call, Server


class LocalWeChatShop(Server):
    """Holds products {product_id: {title, skus: [{sku_id, sku_code, sale_price, stock_num}]}} and orders as
    /channels/ec/order/get shows them. `sell` is its storefront."""

    def __init__(self, appid: str = "wx-local", appsecret: str = "wx-secret") -> None:  # noqa: S107
        super().__init__()
        self.listed = LocalOrders("wechat_shop")
        self.appid, self.appsecret = appid, appsecret
        self.products: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, dict[str, Any]] = {}
        self.parcels: dict[str, list[Mapping[str, Any]]] = {}
        self._tokens: set[str] = set()
        self.refuses: deque[int] = deque()  # error codes the next calls meet, one each

    def put(self, sku: str, title: str, price_minor: int, number: int, units: int = 0) -> None:
        one = {"sku_id": str(number + 1), "sku_code": sku, "sale_price": price_minor, "stock_num": units}
        self.products[str(number)] = {"product_id": str(number), "title": title, "skus": [one]}

    def by_sku(self, sku: str) -> dict[str, Any]:
        return next(s for p in self.products.values() for s in p["skus"] if s["sku_code"] == sku)

    def shown(self, sku: str) -> int:
        with self.lock:
            return int(self.by_sku(sku)["stock_num"])

    def sell(self, sku: str, units: int = 1) -> bool:
        with self.lock:
            one = self.by_sku(sku)
            if one["stock_num"] < units:
                return False
            one["stock_num"] -= units
            return True

    def forget_tokens(self) -> None:
        with self.lock:
            self._tokens.clear()

    def too_many(self) -> Answer:
        return Answer({"errcode": 45011, "errmsg": "api minute-quota reach limit must slower retry next minute"})

    def answer(self, call: Call) -> Answer:
        body = call.json
        if not isinstance(body, dict):
            return Answer({"errcode": 47001, "errmsg": "data format error"})
        if call.path == "/cgi-bin/stable_token":
            return self._token(body)
        if call.query.get("access_token") not in self._tokens:
            return Answer({"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"})
        if self.refuses:
            return Answer({"errcode": self.refuses.popleft(), "errmsg": "as the papers name it"})
        if call.path == "/channels/ec/order/list/get":
            return self.list_orders(call, {"access_token": TOKEN})
        do = {
            "/channels/ec/product/list/get": self._list,
            "/channels/ec/product/get": self._product,
            "/channels/ec/product/stock/update": self._stock,
            "/channels/ec/product/auditfree": self._price,
            "/channels/ec/order/get": self._order,
            "/channels/ec/order/delivery/send": self._send,
        }.get(call.path)
        if do is None:
            return Answer({"errcode": 40066, "errmsg": "invalid url"})
        return Answer({"errcode": 0, "errmsg": "ok", **do(body)})

    def _token(self, body: Mapping[str, Any]) -> Answer:
        if (body.get("appid"), body.get("secret")) != (self.appid, self.appsecret):
            return Answer({"errcode": 40125, "errmsg": "invalid appsecret"})
        token = secrets.token_urlsafe(32)
        self._tokens.add(token)
        return Answer({"access_token": token, "expires_in": 7200})

    def _list(self, body: Mapping[str, Any]) -> dict[str, Any]:
        every = sorted(self.products, key=int)
        after = [number for number in every if not body.get("next_key") or int(number) > int(body["next_key"])]
        page = after[: body.get("page_size", 10)]
        return {"product_ids": page, "next_key": page[-1] if len(after) > len(page) else "", "total_num": len(every)}

    def _product(self, body: Mapping[str, Any]) -> dict[str, Any]:
        found = self.products.get(str(body.get("product_id")))
        return {"product": found} if found else {"errcode": 10020049, "errmsg": "product not exist"}

    def _sku(self, product: Any, sku: Any) -> dict[str, Any] | None:
        return next((s for s in self.products.get(str(product), {}).get("skus", ()) if s["sku_id"] == str(sku)), None)

    def _stock(self, body: Mapping[str, Any]) -> dict[str, Any]:
        one = self._sku(body.get("product_id"), body.get("sku_id"))
        if one is None:
            return {"errcode": 10020049, "errmsg": "product not exist"}
        step = {1: one["stock_num"] + body["num"], 2: one["stock_num"] - body["num"], 3: body["num"]}
        one["stock_num"] = step[body["diff_type"]]
        return {}

    def _price(self, body: Mapping[str, Any]) -> dict[str, Any]:
        for row in body.get("skus", ()):
            one = self._sku(body.get("product_id"), row.get("sku_id"))
            if one is None:
                return {"errcode": 10020049, "errmsg": "product not exist"}
            one["sale_price"] = row["sale_price"]
        return {}

    def _order(self, body: Mapping[str, Any]) -> dict[str, Any]:
        number = str(body.get("order_id"))
        found = self.orders.get(number) or self.listed.orders.get(number)
        return {"order": found} if found else {"errcode": 10020052, "errmsg": "order not exist"}

    def _send(self, body: Mapping[str, Any]) -> dict[str, Any]:
        order = self.orders.get(str(body.get("order_id")))
        if order is None or order["status"] != 20:
            return {"errcode": 100003, "errmsg": "order status not allowed"}
        order["status"] = 30
        self.parcels[str(body["order_id"])] = list(body["delivery_list"])
        return {}
