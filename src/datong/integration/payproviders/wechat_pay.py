"""WeChat Pay v3 (微信支付): QR, phone's browser, in WeChat, and the customer's code; public key mode.

Every answer and message carries WeChat Pay's signature, checked by the library; messages are sealed with our APIv3 key.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from secrets import token_hex
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec

from datong.kernel import clock
from datong.payments.ports import Away, Forged, Refused, Unclear
from datong.payments.types.online import (
    Facts,
    Handed,
    Merchant,
    Notice,
    PayCall,
    RefundCall,
    RefundFacts,
    RefundStanding,
    Reply,
    Scene,
    Standing,
)

TIMEOUT_S = (4, 10)
ZONE = ZoneInfo("Asia/Shanghai")
FRESH_S = 300
STANDINGS = {"SUCCESS": Standing.PAID, "REFUND": Standing.PAID, "CLOSED": Standing.CLOSED, "REVOKED": Standing.CLOSED,
             "PAYERROR": Standing.CLOSED}  # fmt: skip
REFUNDS = {"SUCCESS": RefundStanding.DONE, "CLOSED": RefundStanding.FAILED, "ABNORMAL": RefundStanding.FAILED}
MISSING = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS"})
WAITING = frozenset({"USERPAYING", "USER_PAYING"})
UNSURE = frozenset({"SYSTEM_ERROR", "SYSTEMERROR", "BANK_ERROR", "BANKERROR"})


class WeChatPay:
    def __init__(self, merchant: Merchant) -> None:
        """Raises ValueError for a key that is none."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

        self._secrets, self._base_url = merchant.secrets, merchant.base_url
        try:
            load_pem_private_key(_pem(merchant.secrets["private_key"], "PRIVATE KEY"), password=None)
            load_pem_public_key(_pem(merchant.secrets["public_key"], "PUBLIC KEY"))
        except (ValueError, TypeError):
            raise ValueError("the keys as WeChat Pay gives them, in PEM") from None

    @cached_property
    def _kinds(self) -> Any:
        from wechatpayv3 import WeChatPayType

        return WeChatPayType

    @cached_property
    def _api(self) -> Any:
        from wechatpayv3 import WeChatPay as Library

        ours = self._secrets
        made = Library(
            self._kinds.NATIVE,
            ours["mch_id"],
            _pem(ours["private_key"], "PRIVATE KEY").decode().strip(),
            ours["serial_no"],
            ours["app_id"],
            ours["api_v3_key"],
            timeout=TIMEOUT_S,
            public_key=_pem(ours["public_key"], "PUBLIC KEY").decode().strip(),
            public_key_id=ours["public_key_id"],
        )
        made._core._gate_way = self._base_url
        return made

    def _ask(self, verb: str, *, changes: bool = False, **asked: Any) -> tuple[int, dict[str, Any]]:
        """The status and the object of an answer. Raises Away, or Unclear where something was to change."""
        import requests

        lost = Unclear if changes else Away
        try:
            status, text = getattr(self._api, verb)(**asked)
        except requests.exceptions.ConnectTimeout:
            raise Away("WeChat Pay: no connection") from None
        except requests.RequestException as error:
            raise lost(f"WeChat Pay: {type(error).__name__}") from None
        except Exception as error:  # the library raises bare ones for a signature that is not theirs
            raise lost(f"WeChat Pay: {error}") from None
        try:
            found = msgspec.json.decode(text or "{}")
        except msgspec.DecodeError:
            found = {}
        found = found if isinstance(found, dict) else {}
        if status in (401, 403) and found.get("code") in ("SIGN_ERROR", "NO_AUTH", "PARAM_ERROR", None):
            raise Away(f"WeChat Pay does not believe us: {_said(found, status)}")
        if status == 429:
            raise Away("WeChat Pay: too many calls")
        if status >= 500:
            raise lost(f"WeChat Pay: {_said(found, status)}")
        return status, found

    def create(self, call: PayCall) -> Handed:
        kinds = {Scene.QR: self._kinds.NATIVE, Scene.PHONE: self._kinds.H5, Scene.IN_APP: self._kinds.JSAPI}
        extra: dict[str, Any] = {}
        if call.scene is Scene.PHONE:
            extra["scene_info"] = {"payer_client_ip": call.address or "127.0.0.1", "h5_info": {"type": "Wap"}}
        if call.scene is Scene.IN_APP:
            if not call.payer:
                raise Refused("WeChat Pay needs to know who pays: open this page in WeChat")
            extra["payer"] = {"openid": call.payer}
        status, found = self._ask(
            "pay",
            changes=True,
            description=call.title[:127],
            out_trade_no=call.ref,
            amount={"total": call.amount_minor, "currency": call.currency},
            time_expire=call.expires_at.astimezone(ZONE).isoformat(timespec="seconds"),
            notify_url=call.notify_url,
            pay_type=kinds[call.scene],
            **extra,
        )
        if status != 200:
            raise Refused(f"WeChat Pay: {_said(found, status)}")
        if call.scene is Scene.QR:
            return Handed(qr=str(found["code_url"]))
        if call.scene is Scene.PHONE:
            return Handed(redirect=f"{found['h5_url']}&redirect_url={quote(call.return_url, safe='')}")
        return Handed(params=self._for_script(str(found["prepay_id"])))

    def _for_script(self, prepay_id: str) -> dict[str, str]:
        """What WeixinJSBridge and wx.requestPayment want, signed."""
        app, at, nonce, package = self._secrets["app_id"], str(int(clock.now().timestamp())), token_hex(16), ""
        package = f"prepay_id={prepay_id}"
        sign = self._api.sign([app, at, nonce, package])
        return {"appId": app, "timeStamp": at, "nonceStr": nonce, "package": package, "signType": "RSA",
                "paySign": sign}  # fmt: skip

    def charge(self, call: PayCall) -> Facts:
        status, found = self._ask(
            "pay",
            changes=True,
            description=call.title[:127],
            out_trade_no=call.ref,
            amount={"total": call.amount_minor, "currency": call.currency},
            payer={"auth_code": call.code},
            scene_info={"device_ip": call.address or "127.0.0.1", "store_info": {"out_id": "store"}},
            pay_type=self._kinds.CODEPAY,
        )
        if status in (200, 202) and found.get("trade_state"):
            return facts_of(found)
        code = str(found.get("code", ""))
        if code in WAITING:
            return Facts(call.ref, Standing.WAITING)
        if code in UNSURE:
            raise Unclear(f"WeChat Pay: {_said(found, status)}")
        raise Refused(f"WeChat Pay: {_said(found, status)}")

    def query(self, ref: str, provider_id: str) -> Facts:
        status, found = self._ask("query", out_trade_no=ref)
        if status == 200:
            return facts_of(found)
        if status == 404 or found.get("code") in MISSING:
            return Facts(ref, Standing.UNKNOWN)
        raise Away(f"WeChat Pay: {_said(found, status)}")

    def close(self, ref: str, provider_id: str) -> Facts:
        status, found = self._ask("close", changes=True, out_trade_no=ref)
        if status in (200, 204) or found.get("code") in ("ORDER_CLOSED", "ORDERCLOSED"):
            return Facts(ref, Standing.CLOSED)
        return self.query(ref, provider_id)

    def reverse(self, ref: str) -> Facts:
        status, found = self._ask("codepay_reverse", changes=True, out_trade_no=ref)
        if status in (200, 204) or found.get("code") in MISSING:
            return Facts(ref, Standing.CLOSED)
        raise Unclear(f"WeChat Pay: {_said(found, status)}")

    def refund(self, call: RefundCall) -> RefundFacts:
        status, found = self._ask(
            "refund",
            changes=True,
            out_refund_no=call.key,
            transaction_id=call.transaction,
            reason=call.reason[:80],
            amount={"refund": call.amount_minor, "total": call.total_minor, "currency": call.currency},
            **({"notify_url": call.notify_url} if call.notify_url else {}),
        )
        if status != 200:
            raise Refused(f"WeChat Pay: {_said(found, status)}")
        return refund_of(found, str(found.get("status", "")))

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice:
        told = {name: headers.get(name, "") for name in SIGNED}
        at = told["wechatpay-timestamp"]
        if told["wechatpay-serial"] != self._secrets["public_key_id"]:
            raise Forged("signed with a key that is not the one we have")
        if not at.isdecimal() or abs(clock.now().timestamp() - int(at[:12])) > FRESH_S:
            raise Forged("signed at another time")
        try:
            found = self._api.callback({**told, "wechatpay-signature-type": SIGN_TYPE}, body)
        except Exception as error:
            raise Forged(str(error)[:200]) from None
        if not found:
            raise Forged("the signature or the seal is not theirs")
        inner, kind = found["resource"], str(found.get("event_type", ""))
        if kind.startswith("REFUND"):
            return Notice(str(found["id"]), kind, refunded=refund_of(inner, str(inner.get("refund_status", ""))))
        if kind.startswith("TRANSACTION"):
            return Notice(str(found["id"]), kind, paid=facts_of(inner))
        return Notice(str(found["id"]), kind)

    def check(self) -> str:
        self.query("0" * 32, "")
        return "the keys are accepted"

    def reply(self, *, taken: bool) -> Reply:
        body = '{"code":"SUCCESS","message":"OK"}' if taken else '{"code":"FAIL","message":"again"}'
        return Reply(body, "application/json", 200 if taken else 503)


SIGN_TYPE = "WECHATPAY2-SHA256-RSA2048"
SIGNED = ("wechatpay-signature", "wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial")


def facts_of(trade: Mapping[str, Any]) -> Facts:
    amount = trade.get("amount") or {}
    return Facts(
        str(trade.get("out_trade_no", "")),
        STANDINGS.get(str(trade.get("trade_state")), Standing.WAITING),
        amount.get("total") or 0,
        str(amount.get("currency") or "CNY"),
        str(trade.get("transaction_id") or ""),
    )


def refund_of(refund: Mapping[str, Any], status: str) -> RefundFacts:
    standing = REFUNDS.get(status, RefundStanding.WAITING)
    return RefundFacts(str(refund.get("out_refund_no", "")), standing, str(refund.get("refund_id") or ""))


def _said(found: Mapping[str, Any], status: int) -> str:
    return f"{found.get('code') or status} {found.get('message') or ''}".strip()[:200]


def _pem(text: str, kind: str) -> bytes:
    """A key as PEM; WeChat Pay's pages show some without their first and last line."""
    text = text.strip()
    if not text.startswith("-----"):
        text = f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----"
    return f"{text}\n".encode()
