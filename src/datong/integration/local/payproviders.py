"""Stripe, WeChat Pay and Alipay as servers on 127.0.0.1, with keys of their own: requests are checked, answers signed.

`pay(ref)` is the customer; `notice(ref)` is the message that follows. `troubles` are taken one a call: '500'; 'lost'
(the line breaks, nothing is applied); 'drop' (applied, the answer is lost).
"""

from __future__ import annotations

import hmac
import json
import threading
from base64 import b64decode, b64encode
from collections import Counter, deque
from collections.abc import Mapping
from hashlib import sha256
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from datong.kernel import clock
from datong.kernel.loopback import Answer, Call, Loopback
from datong.payments.types.online import Provider

Message = tuple[dict[str, str], bytes]
"""Headers and body of a notification."""


class Keys:
    """A pair of RSA keys, ours or theirs."""

    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.private = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        public = self._key.public_key()
        self.public = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, text: str) -> str:
        return b64encode(self._key.sign(text.encode(), PKCS1v15(), SHA256())).decode()

    def signed(self, text: str, signature: str) -> bool:
        try:
            self._key.public_key().verify(b64decode(signature), text.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True


class LocalProvider(Loopback):
    """`trades` by our number: {amount, currency, state, transaction}; `refunds` by key; `calls` counts by verb."""

    provider: Provider

    def __init__(self) -> None:
        super().__init__()
        self.troubles: deque[str] = deque()
        self.calls: Counter[str] = Counter()
        self.trades: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.slow_refunds = False
        self._lock = threading.RLock()

    @property
    def secrets(self) -> dict[str, str]:
        raise NotImplementedError

    def handle(self, call: Call) -> Answer | None:
        if call.path.startswith("/page/"):
            return self._page(call)
        with self._lock:
            trouble = self.troubles.popleft() if self.troubles else ""
            if trouble == "500":
                return Answer({"message": "server error"}, 500)
            if trouble == "lost":
                return None
            found = self.answer(call)
            return None if trouble == "drop" else found

    def _page(self, call: Call) -> Answer:
        """The provider's page in the customer's browser: a button that pays and leads back."""
        ref = call.path.rsplit("/", 1)[-1]
        if call.method == "POST":
            self.pay(ref)
            return Answer(b"", 303, {"Location": self.trades[ref]["back"]})
        html = "<!doctype html><title>Pay</title><form method=post><button>Pay at the provider</button></form>"
        return Answer(html.encode(), 200, {"Content-Type": "text/html"})

    def answer(self, call: Call) -> Answer:
        raise NotImplementedError

    def open(self, ref: str, amount: int, currency: str = "CNY", **more: Any) -> dict[str, Any]:
        return self.trades.setdefault(ref, {"amount": amount, "currency": currency, "state": "waiting", **more})

    def pay(self, ref: str, *, amount: int | None = None) -> None:
        """The customer pays, unless nobody can any more."""
        with self._lock:
            trade = self.trades[ref]
            if trade["state"] == "waiting":
                trade |= {"state": "paid", "transaction": f"t{token_hex(12)}"}
                trade["amount"] = trade["amount"] if amount is None else amount

    def notice(self, ref: str) -> Message:
        raise NotImplementedError

    def refund(self, key: str, ref: str, amount: int) -> dict[str, Any]:
        """Once for its key, and never more than was paid."""
        state = "waiting" if self.slow_refunds else "done"
        fresh = {"ref": ref, "amount": amount, "state": state, "id": f"r{token_hex(8)}"}
        return self.refunds.setdefault(key, fresh)

    def returned(self, ref: str) -> int:
        return sum(one["amount"] for one in self.refunds.values() if one["ref"] == ref)


class LocalStripe(LocalProvider):
    provider = Provider.STRIPE

    def __init__(self) -> None:
        super().__init__()
        self.key, self.whsec = f"sk_test_{token_hex(12)}", f"whsec_{token_hex(12)}"
        self.sessions: dict[str, str] = {}
        self._keys: dict[str, Any] = {}

    @property
    def secrets(self) -> dict[str, str]:
        return {"secret_key": self.key, "webhook_secret": self.whsec}

    def answer(self, call: Call) -> Answer:
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return Answer({"error": {"type": "invalid_request_error", "message": "Invalid API Key"}}, 401)
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        parts = call.path.strip("/").split("/")[1:]
        self.calls[f"{call.method} {parts[0]}"] += 1
        if parts[0] == "balance":
            return Answer({"object": "balance", "livemode": False})
        if parts[0] == "refunds":
            return self._refund(call, form)
        if call.method == "POST" and len(parts) == 2:
            return Answer(self._create(form, call.headers.get("idempotency-key", "")))
        ref = self.sessions.get(parts[2] if len(parts) > 2 else "", "")
        if not ref:
            return Answer({"error": {"type": "invalid_request_error", "message": "No such session"}}, 404)
        if parts[-1] == "expire":
            if self.trades[ref]["state"] != "waiting":
                return Answer({"error": {"type": "invalid_request_error", "message": "not open"}}, 400)
            self.trades[ref]["state"] = "closed"
        return Answer(self.session(ref))

    def _create(self, form: Mapping[str, str], key: str) -> dict[str, Any]:
        ref, amount = form["client_reference_id"], int(form["line_items[0][price_data][unit_amount]"])
        currency = form["line_items[0][price_data][currency]"].upper()
        if key not in self._keys:
            self.open(ref, amount, currency, id=f"cs_test_{token_hex(8)}", back=form["success_url"])
            self._keys[key] = ref
            self.sessions[self.trades[ref]["id"]] = ref
        return self.session(self._keys[key])

    def session(self, ref: str) -> dict[str, Any]:
        trade = self.trades[ref]
        status = {"waiting": "open", "closed": "expired"}.get(trade["state"], "complete")
        return {
            "id": trade["id"], "object": "checkout.session", "client_reference_id": ref, "status": status,
            "payment_status": "paid" if trade["state"] == "paid" else "unpaid", "amount_total": trade["amount"],
            "currency": trade["currency"].lower(), "payment_intent": trade.get("transaction"),
            "url": f"{self.url}/page/{ref}", "metadata": {"ref": ref},
        }  # fmt: skip

    def _refund(self, call: Call, form: Mapping[str, str]) -> Answer:
        if call.method == "GET":
            ref = self._ref_of(call.query["payment_intent"])
            there = [self._told(key) for key, one in self.refunds.items() if one["ref"] == ref]
            return Answer({"object": "list", "data": there, "has_more": False, "url": "/v1/refunds"})
        ref, amount = self._ref_of(form["payment_intent"]), int(form["amount"])
        if form["metadata[key]"] not in self.refunds and self.returned(ref) + amount > self.trades[ref]["amount"]:
            return Answer({"error": {"type": "invalid_request_error", "message": "greater than the charge"}}, 400)
        self.refund(form["metadata[key]"], ref, amount)
        return Answer(self._told(form["metadata[key]"]))

    def _ref_of(self, transaction: str) -> str:
        return next(ref for ref, trade in self.trades.items() if trade.get("transaction") == transaction)

    def _told(self, key: str) -> dict[str, Any]:
        one = self.refunds[key]
        status = "succeeded" if one["state"] == "done" else "pending"
        return {"id": one["id"], "object": "refund", "status": status, "metadata": {"key": key}}

    def notice(self, ref: str) -> Message:
        return self.event("checkout.session.completed", self.session(ref))

    def refund_notice(self, key: str) -> Message:
        return self.event("refund.updated", self._told(key))

    def event(self, kind: str, about: Mapping[str, Any]) -> Message:
        body = json.dumps({"id": f"evt_{token_hex(8)}", "object": "event", "type": kind, "data": {"object": about}})
        at = int(clock.now().timestamp())
        mark = hmac.new(self.whsec.encode(), f"{at}.{body}".encode(), sha256).hexdigest()
        return {"stripe-signature": f"t={at},v1={mark}"}, body.encode()


class LocalWeChatPay(LocalProvider):
    provider = Provider.WECHAT

    def __init__(self) -> None:
        super().__init__()
        self.ours, self.theirs = Keys(), Keys()
        self.api_v3_key, self.key_id, self.mch = token_hex(16), f"PUB_KEY_ID_{token_hex(8)}", "1900000001"

    @property
    def secrets(self) -> dict[str, str]:
        return {
            "app_id": "wx0000000000000001", "mch_id": self.mch, "serial_no": "444F4864EA9B34415", 
            "private_key": self.ours.private, "api_v3_key": self.api_v3_key, "public_key_id": self.key_id,
            "public_key": self.theirs.public,
        }  # fmt: skip

    def answer(self, call: Call) -> Answer:
        if not self._believed(call):
            return Answer({"code": "SIGN_ERROR", "message": "签名错误"}, 401)
        parts, asked = call.path.strip("/").split("/"), call.json or {}
        if parts[1] == "refund":
            self.calls["refund"] += 1
            return self._refund(asked)
        verb = parts[-1]
        if verb in ("native", "h5", "jsapi", "codepay"):
            self.calls[verb] += 1
            return self._create(verb, asked)
        ref = parts[4]
        self.calls["query" if call.method == "GET" else verb] += 1
        if ref not in self.trades:
            return self._signed({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, 404)
        trade = self.trades[ref]
        if verb == "close":
            if trade["state"] == "paid":
                return self._signed({"code": "ORDERPAID", "message": "订单已支付"}, 400)
            trade["state"] = "closed"
            return self._signed(None, 204)
        if verb == "reverse":
            trade["state"] = "reversed" if trade["state"] == "paid" else "closed"
            return self._signed({})
        return self._signed(self._told(ref))

    def _believed(self, call: Call) -> bool:
        kind, _, rest = call.headers.get("authorization", "").partition(" ")
        said = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
        said = {name: value.strip('"') for name, value in said.items()}
        query = f"?{urlencode(call.query)}" if call.query else ""
        text = f"{call.method}\n{call.path}{query}\n{said.get('timestamp')}\n{said.get('nonce_str')}\n"
        whole = f"{text}{call.body.decode()}\n"
        return kind == "WECHATPAY2-SHA256-RSA2048" and self.ours.signed(whole, said.get("signature", ""))

    def _signed(self, body: Any, status: int = 200) -> Answer:
        raw = b"" if body is None else json.dumps(body).encode()
        return Answer(raw, status, {**self._marks(raw), "Content-Type": "application/json"})

    def _marks(self, raw: bytes) -> dict[str, str]:
        at, nonce = str(int(clock.now().timestamp())), token_hex(16)
        sign = self.theirs.sign(f"{at}\n{nonce}\n{raw.decode()}\n")
        return {"Wechatpay-Timestamp": at, "Wechatpay-Nonce": nonce, "Wechatpay-Serial": self.key_id,
                "Wechatpay-Signature": sign, "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048"}  # fmt: skip

    def _create(self, verb: str, asked: Mapping[str, Any]) -> Answer:
        ref, amount = asked["out_trade_no"], asked["amount"]["total"]
        self.open(ref, amount)
        if verb == "codepay":
            code = asked["payer"]["auth_code"]
            if code.endswith("0"):  # the customer is to confirm it on the phone
                return self._signed({"code": "USERPAYING", "message": "需要用户输入支付密码"}, 400)
            if code.endswith("9"):
                self.trades[ref]["state"] = "closed"
                return self._signed({"code": "NOTENOUGH", "message": "余额不足"}, 400)
            self.pay(ref)
            return self._signed(self._told(ref))
        shown = {"native": {"code_url": f"weixin://wxpay/bizpayurl?pr={ref[:8]}"},
                 "h5": {"h5_url": f"{self.url}/page/{ref}?h5=1"}, "jsapi": {"prepay_id": f"wx{ref}"}}  # fmt: skip
        return self._signed(shown[verb])

    def _told(self, ref: str) -> dict[str, Any]:
        trade = self.trades[ref]
        state = {"paid": "SUCCESS", "closed": "CLOSED", "reversed": "REVOKED"}.get(trade["state"], "NOTPAY")
        told = {"out_trade_no": ref, "trade_state": state, "amount": {"total": trade["amount"], "currency": "CNY"}}
        return told | ({"transaction_id": trade["transaction"]} if "transaction" in trade else {})

    def _refund(self, asked: Mapping[str, Any]) -> Answer:
        ref = next(r for r, trade in self.trades.items() if trade.get("transaction") == asked["transaction_id"])
        key, amount = asked["out_refund_no"], asked["amount"]["refund"]
        if key not in self.refunds and self.returned(ref) + amount > self.trades[ref]["amount"]:
            return self._signed({"code": "INVALID_REQUEST", "message": "退款金额超过"}, 400)
        one = self.refund(key, ref, amount)
        status = "SUCCESS" if one["state"] == "done" else "PROCESSING"
        return self._signed({"refund_id": one["id"], "out_refund_no": key, "status": status})

    def notice(self, ref: str) -> Message:
        return self._sealed("TRANSACTION.SUCCESS", self._told(ref))

    def refund_notice(self, key: str) -> Message:
        self.refunds[key]["state"] = "done"
        told = {"out_refund_no": key, "refund_id": self.refunds[key]["id"], "refund_status": "SUCCESS"}
        return self._sealed("REFUND.SUCCESS", told)

    def _sealed(self, kind: str, about: Mapping[str, Any]) -> Message:
        nonce = token_hex(6)
        box = AESGCM(self.api_v3_key.encode()).encrypt(nonce.encode(), json.dumps(about).encode(), b"transaction")
        inner = {"algorithm": "AEAD_AES_256_GCM", "ciphertext": b64encode(box).decode(), "nonce": nonce,
                 "associated_data": "transaction"}  # fmt: skip
        told = {"id": token_hex(16), "event_type": kind, "resource_type": "encrypt-resource", "resource": inner}
        raw = json.dumps(told).encode()
        return {name.lower(): value for name, value in self._marks(raw).items()}, raw


class LocalAlipay(LocalProvider):
    provider = Provider.ALIPAY

    def __init__(self) -> None:
        super().__init__()
        self.ours, self.theirs, self.app = Keys(), Keys(), "2021000000000001"

    @property
    def secrets(self) -> dict[str, str]:
        return {"app_id": self.app, "private_key": self.ours.private, "alipay_public_key": self.theirs.public}

    def answer(self, call: Call) -> Answer:
        asked = dict(call.query)
        sign, method = asked.pop("sign", ""), asked.get("method", "")
        if not self.ours.signed("&".join(f"{k}={v}" for k, v in sorted(asked.items())), sign):
            return Answer({"error_response": {"code": "40002", "sub_code": "isv.invalid-signature"}})
        biz, verb = json.loads(asked["biz_content"]), method.removeprefix("alipay.trade.")
        self.calls[verb] += 1
        ref = biz["out_trade_no"]
        if verb in ("page.pay", "wap.pay"):
            self.open(ref, fen(biz["total_amount"]), back=asked["return_url"])
            return Answer(b"the page to pay", 200, {"Content-Type": "text/html"})
        told = self._do(verb, ref, biz)
        name = method.replace(".", "_") + "_response"
        plain = json.dumps(told, ensure_ascii=False)
        raw = f'{{"{name}":{plain},"sign":"{self.theirs.sign(plain)}"}}'
        return Answer(raw.encode())

    def _do(self, verb: str, ref: str, biz: Mapping[str, Any]) -> dict[str, Any]:
        done = {"code": "10000", "msg": "Success", "out_trade_no": ref}
        if verb == "precreate":
            self.open(ref, fen(biz["total_amount"]))
            return done | {"qr_code": f"https://qr.alipay.com/{ref[:12]}"}
        if verb == "pay":
            self.open(ref, fen(biz["total_amount"]))
            if biz["auth_code"].endswith("0"):
                return {"code": "10003", "msg": "order success pay inprocess"}
            self.pay(ref)
            return done | self._told(ref)
        trade = self.trades.get(ref)
        if trade is None:
            return {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST"}
        if verb in ("close", "cancel"):
            if verb == "close" and trade["state"] != "waiting":
                return {"code": "40004", "sub_code": "ACQ.TRADE_STATUS_ERROR"}
            trade["state"] = "closed"
            return done | {"retry_flag": "N"}
        if verb == "refund":
            key, amount = biz["out_request_no"], fen(biz["refund_amount"])
            fresh = key not in self.refunds
            if fresh and self.returned(ref) + amount > trade["amount"]:
                return {"code": "40004", "sub_code": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"}
            self.refund(key, ref, amount)
            return done | {"fund_change": "Y" if fresh else "N", "trade_no": trade["transaction"]}
        if verb == "fastpay.refund.query":
            status = "REFUND_SUCCESS" if biz["out_request_no"] in self.refunds else ""
            return done | {"refund_status": status, "trade_no": trade["transaction"]}
        return done | self._told(ref)

    def _told(self, ref: str) -> dict[str, str]:
        trade = self.trades[ref]
        state = {"paid": "TRADE_SUCCESS", "closed": "TRADE_CLOSED"}.get(trade["state"], "WAIT_BUYER_PAY")
        amount = f"{trade['amount'] / 100:.2f}"
        return {"out_trade_no": ref, "trade_status": state, "total_amount": amount,
                "trade_no": trade.get("transaction", "")}  # fmt: skip

    def notice(self, ref: str) -> Message:
        told = self._told(ref) | {"app_id": self.app, "notify_id": token_hex(16), "charset": "utf-8"}
        sign = self.theirs.sign("&".join(f"{k}={v}" for k, v in sorted(told.items())))
        body = urlencode({**told, "sign": sign, "sign_type": "RSA2"}).encode()
        return {"content-type": "application/x-www-form-urlencoded"}, body


def fen(amount: str) -> int:
    whole, _, rest = amount.partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0"))
