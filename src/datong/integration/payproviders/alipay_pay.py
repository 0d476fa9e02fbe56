"""Alipay (支付宝): computer page, phone page, QR, and the customer's code; RSA2 with our key and theirs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

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

TIMEOUT_S = 8
ZONE = ZoneInfo("Asia/Shanghai")
STANDINGS = {"TRADE_SUCCESS": Standing.PAID, "TRADE_FINISHED": Standing.PAID, "TRADE_CLOSED": Standing.CLOSED}
DONE, WAITING, UNSURE = "10000", "10003", "20000"
MISSING = "ACQ.TRADE_NOT_EXIST"


class Alipay:
    def __init__(self, merchant: Merchant) -> None:
        """Raises ValueError for a key that is none."""
        from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

        self._secrets, self._base_url = merchant.secrets, merchant.base_url
        self._ours = _pem(merchant.secrets["private_key"], "RSA PRIVATE KEY", "PRIVATE KEY")
        self._theirs = _pem(merchant.secrets["alipay_public_key"], "PUBLIC KEY", "PUBLIC KEY")
        try:
            load_pem_private_key(self._ours.encode(), password=None)
            load_pem_public_key(self._theirs.encode())
        except (ValueError, TypeError):
            raise ValueError("our private key and Alipay's public key, in PEM") from None

    @cached_property
    def _api(self) -> Any:
        from alipay import AliPay
        from alipay.utils import AliPayConfig

        made = AliPay(
            appid=self._secrets["app_id"],
            app_private_key_string=self._ours,
            alipay_public_key_string=self._theirs,
            sign_type="RSA2",
            config=AliPayConfig(timeout=TIMEOUT_S),
        )
        made._gateway = f"{self._base_url}/gateway.do"
        return made

    def _ask(self, method: str, content: dict[str, Any], *, changes: bool = False, **extra: str) -> dict[str, Any]:
        """The signed answer. Raises Away, or Unclear where something was to change."""
        from alipay.exceptions import AliPayException, AliPayValidationError

        lost = Unclear if changes else Away
        now = clock.now().astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")  # Alipay's clock, whatever the machine's
        try:
            found: dict[str, Any] = self._api.server_api(method, content, timestamp=now, **extra)
        except AliPayValidationError:
            raise lost("Alipay: the answer's signature is not theirs") from None
        except AliPayException as error:
            raise Away(f"Alipay does not believe us: {error}") from None
        except URLError as error:
            refused = isinstance(error.reason, ConnectionRefusedError)
            raise (Away if refused else lost)(f"Alipay: {type(error).__name__}") from None
        except (OSError, ValueError, KeyError) as error:
            raise lost(f"Alipay: {type(error).__name__}") from None
        if found.get("code") == UNSURE:
            raise lost(f"Alipay: {_said(found)}")
        return found

    def create(self, call: PayCall) -> Handed:
        content = {
            "out_trade_no": call.ref,
            "total_amount": yuan(call.amount_minor),
            "subject": call.title[:256],
            "time_expire": call.expires_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S"),
        }
        if call.scene is Scene.QR:
            found = self._ask("alipay.trade.precreate", content, changes=True, notify_url=call.notify_url)
            if found.get("code") != DONE:
                raise Refused(f"Alipay: {_said(found)}")
            return Handed(qr=str(found["qr_code"]))
        phone = call.scene is Scene.PHONE
        method = "alipay.trade.wap.pay" if phone else "alipay.trade.page.pay"
        content |= {"product_code": "QUICK_WAP_WAY" if phone else "FAST_INSTANT_TRADE_PAY"}
        now = clock.now().astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        urls = {"return_url": call.return_url, "notify_url": call.notify_url}
        query = self._api.client_api(method, content, timestamp=now, **urls)
        return Handed(redirect=f"{self._base_url}/gateway.do?{query}")

    def charge(self, call: PayCall) -> Facts:
        content = {
            "out_trade_no": call.ref,
            "total_amount": yuan(call.amount_minor),
            "subject": call.title[:256],
            "scene": "bar_code",
            "auth_code": call.code,
        }
        found = self._ask("alipay.trade.pay", content, changes=True)
        if found.get("code") == DONE:
            return self._paid(found, call.ref)
        if found.get("code") == WAITING:
            return Facts(call.ref, Standing.WAITING)
        raise Refused(f"Alipay: {_said(found)}")

    def _paid(self, found: Mapping[str, Any], ref: str) -> Facts:
        return Facts(ref, Standing.PAID, fen(found.get("total_amount")), "CNY", str(found.get("trade_no") or ""))

    def query(self, ref: str, provider_id: str) -> Facts:
        found = self._ask("alipay.trade.query", {"out_trade_no": ref})
        if found.get("sub_code") == MISSING:
            return Facts(ref, Standing.UNKNOWN)
        if found.get("code") != DONE:
            raise Away(f"Alipay: {_said(found)}")
        return facts_of(found)

    def close(self, ref: str, provider_id: str) -> Facts:
        found = self._ask("alipay.trade.close", {"out_trade_no": ref}, changes=True)
        if found.get("code") == DONE:
            return Facts(ref, Standing.CLOSED)
        return self.query(ref, provider_id)

    def reverse(self, ref: str) -> Facts:
        found = self._ask("alipay.trade.cancel", {"out_trade_no": ref}, changes=True)
        if found.get("code") == DONE and found.get("retry_flag") != "Y":
            return Facts(ref, Standing.CLOSED)
        raise Unclear(f"Alipay: {_said(found)}")

    def refund(self, call: RefundCall) -> RefundFacts:
        content = {
            "out_trade_no": call.ref,
            "refund_amount": yuan(call.amount_minor),
            "out_request_no": call.key,
            "refund_reason": call.reason[:80],
        }
        found = self._ask("alipay.trade.refund", content, changes=True)
        if found.get("code") != DONE:
            raise Refused(f"Alipay: {_said(found)}")
        if found.get("fund_change") == "Y":
            return RefundFacts(call.key, RefundStanding.DONE, str(found.get("trade_no") or ""))
        # "N": asked before, or under way still; the question about it tells which.
        asked = {"out_trade_no": call.ref, "out_request_no": call.key}
        there = self._ask("alipay.trade.fastpay.refund.query", asked)
        done = there.get("refund_status") == "REFUND_SUCCESS"
        standing = RefundStanding.DONE if done else RefundStanding.WAITING
        return RefundFacts(call.key, standing, str(there.get("trade_no") or ""))

    def verify(self, headers: Mapping[str, str], body: bytes) -> Notice:
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=200))
            sign = form.pop("sign", "")
            believed = bool(sign) and form.get("sign_type") == "RSA2" and self._api.verify(dict(form), sign)
        except Exception as error:
            raise Forged(str(error)[:200]) from None
        if not believed:
            raise Forged("the signature is not Alipay's")
        if form.get("app_id") != self._secrets["app_id"]:
            raise Forged("a message for another app")
        kind = form.get("trade_status", "")
        return Notice(form.get("notify_id", "")[:120], kind[:80], paid=facts_of(form))

    def check(self) -> str:
        self.query("0" * 32, "")
        return "the keys are accepted"

    def reply(self, *, taken: bool) -> Reply:
        return Reply("success" if taken else "fail", status=200)


def facts_of(trade: Mapping[str, Any]) -> Facts:
    standing = STANDINGS.get(str(trade.get("trade_status")), Standing.WAITING)
    ref, transaction = str(trade.get("out_trade_no", "")), str(trade.get("trade_no") or "")
    return Facts(ref, standing, fen(trade.get("total_amount")), "CNY", transaction)


def yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def fen(amount: object) -> int:
    try:
        return max(0, int((Decimal(str(amount)) * 100).to_integral_value()))
    except (InvalidOperation, ValueError, OverflowError):
        return 0


def _said(found: Mapping[str, Any]) -> str:
    return f"{found.get('sub_code') or found.get('code')} {found.get('sub_msg') or found.get('msg') or ''}"[:200]


def _pem(text: str, kind: str, other: str) -> str:
    """A key as PEM; Alipay's tools show it in one line without its first and last."""
    text = text.strip()
    if text.startswith("-----"):
        return text
    lines = "\n".join(text[n : n + 64] for n in range(0, len(text), 64))
    # PKCS#1 begins with an integer 0 right after the length, PKCS#8 says its algorithm: the tools make either.
    first = other if "BgkqhkiG9w0BAQEFAASC" in text or kind == other else kind
    return f"-----BEGIN {first}-----\n{lines}\n-----END {first}-----"
