"""A marketplace of Meituan's type: signed forms, a store's products by its number, the calls of an order.

Source: the papers named in integration's mapping `meituan`. Every call's signature is checked: md5 of the address, the
parameters sorted by name, and the secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from datong.sync.local.server import Answer, Call, Server

ORDER_CALLS = {
    "confirm": "accepted",
    "preparationMealComplete": "ready",
    "delivering": "shipped",
    "arrived": "delivered",
    "cancel": "cancelled",
    "refund/agree": "refunded",
}


class LocalMarketplace(Server):
    """`shelves`: {store number: {sku: {name, price, stock}}}; `orders`: {number: [what was said, in order]}."""

    def __init__(self, app_id: str = "100", secret: str = "mt-secret") -> None:  # noqa: S107
        super().__init__()
        self.app_id, self.secret = app_id, secret
        self.shelves: dict[str, dict[str, dict[str, str]]] = {}
        self.orders: dict[str, list[str]] = {}

    def put(self, place: str, sku: str, name: str, price: str, units: int = 0) -> None:
        self.shelves.setdefault(place, {})[sku] = {"name": name, "price": price, "stock": str(units)}

    def shown(self, sku: str, place: str = "") -> int:
        with self.lock:
            return sum(int(shelf[sku]["stock"]) for at, shelf in self.shelves.items() if place in ("", at))

    def sell(self, sku: str, units: int = 1) -> bool:
        with self.lock:
            for shelf in self.shelves.values():
                if int(shelf[sku]["stock"]) >= units:
                    shelf[sku]["stock"] = str(int(shelf[sku]["stock"]) - units)
                    return True
            return False

    def answer(self, call: Call) -> Answer:
        params = dict(call.query) if call.method == "GET" else dict(parse_qsl(call.body.decode(), True))
        if params.pop("sig", "") != self._sig(call.url, params) or params.get("app_id") != self.app_id:
            return _wrong("703", "签名验证错误")
        path = call.path.removeprefix("/")
        if path in ("retail/sku/stock", "retail/sku/price"):
            return self._shelf(params, "stock" if path.endswith("stock") else "price")
        if path == "retail/list":
            return self._list(params)
        said = ORDER_CALLS.get(path.removeprefix("order/"))
        if said is None or params.get("order_id") not in self.orders:
            return _wrong("808", "不存在此订单")
        kept = self.orders[params["order_id"]]
        if said not in kept:
            kept.append(said)
        return Answer({"data": "ok"})

    def _sig(self, url: str, params: Mapping[str, str]) -> str:
        joined = "&".join(f"{key}={params[key]}" for key in sorted(params))
        return hashlib.md5(f"{url}?{joined}{self.secret}".encode(), usedforsecurity=False).hexdigest()

    def _shelf(self, params: Mapping[str, str], what: str) -> Answer:
        shelf = self.shelves.get(params.get("app_poi_code", ""))
        if shelf is None:
            return _wrong("803", "不存在此门店")
        rows: list[dict[str, Any]] = msgspec.json.decode(params["food_data"])
        wanted = [(sku["sku_id"], sku[what]) for row in rows for sku in row["skus"]]
        if any(number not in shelf for number, _ in wanted):
            return _wrong("805", "不存在此商品")
        for number, value in wanted:
            shelf[number][what] = value
        return Answer({"data": "ok"})

    def _list(self, params: Mapping[str, str]) -> Answer:
        shelf = self.shelves.get(params.get("app_poi_code", ""), {})
        first, size = int(params["offset"]), int(params["limit"])
        rows = [
            {"app_food_code": sku, "name": one["name"], "skus": [{"sku_id": sku, **one}]}
            for sku, one in sorted(shelf.items())[first : first + size]
        ]
        return Answer({"data": rows})


def _wrong(code: str, message: str) -> Answer:
    return Answer({"data": "ng", "error": {"code": int(code), "msg": message}})
