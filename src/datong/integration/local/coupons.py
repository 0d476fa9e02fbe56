"""Meituan's and Douyin's coupon calls as servers on 127.0.0.1: signatures and tokens are checked, codes are used once.

`troubles` are taken one a call: '429'; '500'; 'lost' (the line breaks, nothing is applied); 'drop' (applied, the answer
is lost).
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import Counter, deque
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from zlib import crc32
from zoneinfo import ZoneInfo

from datong.integration.coupons.meituan import sign
from datong.kernel import clock
from datong.kernel.loopback import Answer, Call, Loopback

ZONE = ZoneInfo("Asia/Shanghai")


class _Platform(Loopback):
    def __init__(self) -> None:
        super().__init__()
        self.troubles: deque[str] = deque()
        self.calls: Counter[str] = Counter()
        self._lock = threading.RLock()

    def handle(self, call: Call) -> Answer | None:
        with self._lock:
            self.calls[call.path.rstrip("/").rsplit("/", 1)[-1]] += 1
            changes = call.path.rstrip("/").endswith(("consume", "verify", "cancel"))
            trouble = self.troubles.popleft() if self.troubles and changes else ""
            if trouble == "429":
                return Answer({"msg": "too many"}, 429, {"Retry-After": "7"})
            if trouble == "500":
                return Answer({"msg": "server error"}, 500)
            if trouble == "lost":
                return None
            found = self.answer(call)
            return None if trouble == "drop" else found

    def answer(self, call: Call) -> Answer:
        raise NotImplementedError


class LocalMeituan(_Platform):
    """`sell` puts coupons into the world; `coupons` holds them by code: {deal, order, state, account, flow, at}."""

    def __init__(self, developer_id: str = "100001", sign_key: str = "local-key", shop: str = "shop-1") -> None:
        super().__init__()
        self.developer_id, self.sign_key, self.shop = developer_id, sign_key, shop
        self.coupons: dict[str, dict[str, Any]] = {}
        self.asked: dict[str, list[str]] = {}

    def sell(self, codes: list[str], deal: dict[str, Any], *, order: str, merchant: str = "0", platform: str = "0",
             state: str = "open") -> None:  # fmt: skip
        """An order of as many coupons as there are codes. `deal`: {dealId, dealTitle, dealPrice, dealMarketPrice}."""
        for code in codes:
            shares = {"merchantAmount": merchant, "platformAmount": platform}
            self.coupons[code] = {"deal": deal, "order": order, "state": state, "shares": shares}

    def answer(self, call: Call) -> Answer:
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        if form.get("sign") != sign(form, self.sign_key):
            return _meituan("OP_SIGN_ERROR", "签名错误")
        if form.get("developerId") != self.developer_id or form.get("appAuthToken") != self.shop:
            return _meituan("OP_AUTH_FAILED", "appAuthToken 无效")
        verb, biz = call.path.rsplit("/", 1)[-1], json.loads(form["biz"])
        do = {
            "prepare": self._prepare,
            "consume": self._consume,
            "querylistbydate": self._list,
            "getconsumed": self._consumed,
            "reverseconsume": self._reverse,
        }.get(verb)
        return do(biz) if do else _meituan("OP_NOT_FOUND", "接口不存在")

    def _fault(self, code: str) -> str:
        if code not in self.coupons:
            return "券码不存在"
        said = {"used": "该券已验证", "expired": "该券已过期", "refunded": "该券已退款"}
        return said.get(self.coupons[code]["state"], "")

    def _open_of(self, order: str) -> list[str]:
        return [code for code, one in self.coupons.items() if one["order"] == order and one["state"] == "open"]

    def _row(self, code: str) -> dict[str, Any]:
        one = self.coupons[code]
        row = {**one["deal"], "receiptCode": code, "orderId": one["order"], "bizType": 0, "mobile": "138****0001"}
        return row | {"receiptEndDate": 1893427199000} | one["shares"]

    def _prepare(self, biz: dict[str, Any]) -> Answer:
        if fault := self._fault(biz["receiptCode"]):
            return _meituan("OP_FAIL", fault)
        one = self.coupons[biz["receiptCode"]]
        return _meituan(data={**self._row(biz["receiptCode"]), "count": len(self._open_of(one["order"]))})

    def _consume(self, biz: dict[str, Any]) -> Answer:
        if (done := self.asked.get(biz["requestId"])) is None:
            if fault := self._fault(biz["receiptCode"]):
                return _meituan("OP_FAIL", fault)
            one = self.coupons[biz["receiptCode"]]
            others = [code for code in self._open_of(one["order"]) if code != biz["receiptCode"]]
            done = [biz["receiptCode"], *others][: biz["count"]]
            if len(done) < biz["count"]:
                return _meituan("OP_FAIL", "可验证数量不足")
            for code in done:
                used = {"state": "used", "account": biz["appShopAccount"], "flow": secrets.token_hex(8)}
                self.coupons[code] |= used | {"at": clock.now()}
            self.asked[biz["requestId"]] = done
        rows = [{**self._row(code), "flowId": self.coupons[code].get("flow", "")} for code in done]
        return _meituan(data={"result": rows})

    def _list(self, biz: dict[str, Any]) -> Answer:
        told = []
        for code, one in self.coupons.items():
            at = one.get("at")
            day = at.astimezone(ZONE).date().isoformat() if isinstance(at, datetime) else ""
            if one["state"] == "used" and day == biz["date"]:
                hidden = ("orderId", *one["shares"])
                row = {name: value for name, value in self._row(code).items() if name not in hidden}
                told.append(row | {"verifyAccount": one["account"], "flowId": one["flow"]})
        return _meituan(data={"totalCount": len(told), "records": told[biz["offset"] :][: biz["limit"]]})

    def _consumed(self, biz: dict[str, Any]) -> Answer:
        one = self.coupons.get(biz["receiptCode"])
        if one is None or one["state"] != "used":
            return _meituan("OP_FAIL", "该券未验证")
        return _meituan(data=self._row(biz["receiptCode"]))

    def _reverse(self, biz: dict[str, Any]) -> Answer:
        one = self.coupons.get(biz["receiptCode"])
        if one is None or one["state"] != "used" or str(one["deal"]["dealId"]) != biz["dealId"]:
            return _meituan("OP_FAIL", "该券未验证")
        one["state"] = "open"
        self.asked = {key: codes for key, codes in self.asked.items() if biz["receiptCode"] not in codes}
        return _meituan(data={"result": [self._row(biz["receiptCode"])]})


def _meituan(code: str = "OP_SUCCESS", msg: str = "", data: dict[str, Any] | None = None) -> Answer:
    return Answer({"code": code, "msg": msg, "data": data, "traceId": "local"})


class LocalDouyin(_Platform):
    """`sell` puts an order's coupons into the world; `coupons` holds them by encrypted code."""

    def __init__(self, client_key: str = "aw-local", client_secret: str = "local-secret", poi: str = "poi-1") -> None:  # noqa: S107
        super().__init__()
        self.client_key, self.client_secret, self.poi = client_key, client_secret, poi
        self.coupons: dict[str, dict[str, Any]] = {}
        self.links: dict[str, str] = {}
        self.asked: dict[str, list[dict[str, Any]]] = {}
        self._tokens: set[str] = set()

    def sell(self, codes: list[str], sku: dict[str, Any], amount: dict[str, int], *, order: str) -> None:
        """`sku`: {sku_id, title, market_price}; `amount`: original_amount, pay_amount and so on, in fen."""
        for code in codes:
            self.coupons[f"enc-{code}"] = {"code": code, "sku": sku, "amount": amount, "order": order, "verify": None}

    def link(self, name: str, code: str) -> str:
        """A short link as a QR code holds it."""
        self.links[name] = f"obj-{code}"
        return f"{self.url}/{name}/"

    def forget_tokens(self) -> None:
        self._tokens.clear()

    def answer(self, call: Call) -> Answer:
        if call.path == "/oauth/client_token/":
            return self._token(call.json)
        if (name := call.path.strip("/")) in self.links:
            there = f"https://www.iesdouyin.com/share/coupon/x/?schema_type=13&object_id={self.links[name]}"
            return Answer({}, 302, {"Location": there})
        if call.headers.get("access-token") not in self._tokens:
            return _douyin(2190008, "access_token过期,请刷新或重新授权")
        verb = call.path.rstrip("/").rsplit("/", 1)[-1]
        do = {"prepare": self._prepare, "verify": self._verify, "get": self._get, "cancel": self._cancel}[verb]
        return do(call.query if call.method == "GET" else call.json)

    def _token(self, body: Any) -> Answer:
        if (body.get("client_key"), body.get("client_secret")) != (self.client_key, self.client_secret):
            return _douyin(10003, "client_secret错误")
        token = f"clt.{secrets.token_hex(16)}"
        self._tokens.add(token)
        return _douyin(access_token=token, expires_in=7200)

    def _prepare(self, asked: Any) -> Answer:
        code = asked.get("code") or asked.get("encrypted_data", "").removeprefix("obj-")
        one = self.coupons.get(f"enc-{code}")
        if asked.get("poi_id") != self.poi:
            return _douyin(2119002, "该门店不适用")
        if one is None:
            return _douyin(2119001, "券码不存在")
        shown = [
            {"encrypted_code": ref, "expire_time": 1893427199, "sku": it["sku"], "amount": it["amount"]}
            for ref, it in self.coupons.items()
            if it["order"] == one["order"] and it["verify"] is None
        ]
        return _douyin(verify_token=secrets.token_hex(8), order_id=one["order"], certificates=shown)

    def _verify(self, asked: Any) -> Answer:
        if (done := self.asked.get(asked["verify_token"])) is not None:
            return _douyin(verify_results=done)
        results = []
        for ref in asked["encrypted_codes"]:
            one = self.coupons.get(ref)
            if one is None:
                results.append({"result": 3, "msg": "券码不存在", "code": ref})
            elif one["verify"]:
                results.append({"result": 1208, "msg": "该券已核销", "code": ref})
            else:
                now = int(clock.now().timestamp())
                ids = {"certificate_id": f"7{crc32(ref.encode()):018}", "verify_id": f"6{secrets.randbelow(10**18)}"}
                one["verify"] = {**ids, "verify_time": now, "can_cancel": True, "verify_type": 4}
                results.append({"result": 0, "msg": "success", "code": ref, "origin_code": one["code"], **ids})
        if all(row["result"] == 0 for row in results):
            self.asked[asked["verify_token"]] = results
        return _douyin(verify_results=results)

    def _get(self, asked: Any) -> Answer:
        one = self.coupons.get(asked["encrypted_code"])
        if one is None:
            return _douyin(2119001, "券码不存在")
        row = {"encrypted_code": asked["encrypted_code"], "status": 2 if one["verify"] else 1, "verify": one["verify"]}
        return _douyin(certificate=row | {"sku": one["sku"], "amount": one["amount"]})

    def _cancel(self, asked: Any) -> Answer:
        for one in self.coupons.values():
            if one["verify"] and one["verify"]["verify_id"] == asked["verify_id"]:
                one["verify"] = None
                return _douyin()
        return _douyin(2119005, "未找到核销记录")


def _douyin(code: int = 0, said: str = "success", **data: Any) -> Answer:
    told = {"error_code": code, "description": said}
    extra = {**told, "logid": "local", "now": int(clock.now().timestamp())}
    return Answer({"data": {**told, **data}, "extra": extra, "message": "success" if not code else "error"})
