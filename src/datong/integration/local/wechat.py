"""WeChat's two calls as a server on 127.0.0.1: tokens that expire, orders by number, the error codes of the papers."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from typing import Any

from datong.integration.wire.reading import json_of
from datong.kernel.errors import BadInput
from datong.kernel.loopback import Answer, Call, Loopback

NO_ORDER = 10_020_052  # not in the papers; the shop's answer for a number that is not its own


class LocalWeChat(Loopback):
    """Holds orders and hands them out. Use as a context manager, or `start` and `stop`.

    `token_life_s` is how long a token is good; `calls` counts by path, `busy` makes the next calls answer -1.
    """

    def __init__(self, appid: str, appsecret: str, *, token_life_s: float = 7200) -> None:
        super().__init__()
        self.appid, self.appsecret, self.token_life_s = appid, appsecret, token_life_s
        self.orders: dict[str, Mapping[str, Any]] = {}
        self.calls: dict[str, int] = {}
        self.busy = 0
        self._token, self._until = "", 0.0
        self._old: set[str] = set()
        self._lock = threading.Lock()

    def put(self, order: Mapping[str, Any]) -> None:
        """Keep an order as `wire.send.wechat_shop.details` makes it."""
        self.orders[str(order["order_id"])] = order

    def handle(self, call: Call) -> Answer:
        try:
            body = json_of(call.body or b"{}")
        except BadInput:
            body = None
        bad = {"errcode": 47001, "errmsg": "data format error"}
        found = self.answer(call.path, call.query, body) if isinstance(body, dict) else bad
        return Answer(found, headers={"Content-Type": "application/json; charset=UTF-8"})

    def answer(self, path: str, query: Mapping[str, str], body: Any) -> dict[str, Any]:
        with self._lock:
            self.calls[path] = self.calls.get(path, 0) + 1
            if self.busy > 0:
                self.busy -= 1
                return {"errcode": -1, "errmsg": "system error"}
            if path == "/cgi-bin/stable_token":
                return self._new_token(body)
            if path == "/channels/ec/order/get":
                return self._order(query.get("access_token", ""), body)
            return {"errcode": 40066, "errmsg": "invalid url"}

    def _new_token(self, body: Mapping[str, Any]) -> dict[str, Any]:
        if body.get("grant_type") != "client_credential":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        if body.get("appid") != self.appid:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if body.get("secret") != self.appsecret:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if body.get("force_refresh") or time.monotonic() >= self._until:
            self._old.add(self._token)
            self._token, self._until = secrets.token_urlsafe(64), time.monotonic() + self.token_life_s
        return {"access_token": self._token, "expires_in": max(1, int(self._until - time.monotonic()))}

    def _order(self, token: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if not token:
            return {"errcode": 41001, "errmsg": "access_token missing"}
        if token != self._token and token not in self._old:
            return {"errcode": 40001, "errmsg": "invalid credential, access_token is invalid or not latest"}
        if token != self._token or time.monotonic() >= self._until:
            return {"errcode": 42001, "errmsg": "access_token expired"}
        order = self.orders.get(str(body.get("order_id", "")))
        if order is None:
            return {"errcode": NO_ORDER, "errmsg": "order not exist"}
        return {"errcode": 0, "errmsg": "ok", "order": order}
