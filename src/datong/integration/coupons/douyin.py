"""Douyin life-service coupons (抖音生活服务 团购核销): prepare, verify, find out, cancel.

Source: developer.open-douyin.com, local-life, life.capacity.fulfilment: GET certificate/prepare/ (code or
encrypted_data, poi_id), POST certificate/verify/ (verify_token, poi_id, encrypted_codes; the token makes it idempotent;
result 1208 or 2 on a repeat: it was verified before), GET certificate/get/ (encrypted_code), POST certificate/cancel/
(verify_id, certificate_id, within an hour). The token of /oauth/client_token/ goes in the header access-token. Fen.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from datong.integration.coupons.calls import Caller, part, text, whole
from datong.kernel import clock
from datong.wallet.ports import Away, Refused, Unclear
from datong.wallet.types.coupons import Certificate, Counter, Prepared, VerifyAsk

PATH = "/goodlife/v1/fulfilment/certificate/"
SHORT = "https://v.douyin.com"
STALE = {2190002, 2190008, 28001003, 28001008}  # the token is not valid, or no longer
BUSY = {2100004, 2119003, 28001014}  # the system is busy, or it is asked too often
USED = {2, 1208}  # of a result: it was verified before
EARLY_S = 300
WORDS = (
    ("used", ("已核销", "已使用", "已验证", "重复")),
    ("expired", ("过期", "有效期")),
    ("refunded", ("退款",)),
    ("other_store", ("门店", "不适用", "商家")),
    ("unknown", ("不存在", "无效", "失效", "无可用")),
)

_tokens: dict[tuple[str, str], tuple[str, float]] = {}
_lock = threading.Lock()


class Douyin:
    """A store's counter at Douyin; `counter.shop` is its poi_id."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.calls = Caller(counter.base_url)

    def prepare(self, shown: str) -> Prepared:
        data = self._call("GET", "prepare/", params={**self._asked(shown), "poi_id": self.counter.shop})
        found = [row for row in data.get("certificates") or () if isinstance(row, dict)]
        if not found:
            raise Refused("used", "Douyin: no use of this code is left")
        order = text(data.get("order_id"))
        return Prepared(tuple(_certificate(row, order) for row in found), text(data.get("verify_token")))

    def _asked(self, shown: str) -> dict[str, str]:
        """A typed code, or the object_id behind the link of a QR code."""
        plain = shown.strip()
        if not plain.startswith(("http://", "https://")):
            return {"code": "".join(plain.split()).replace("-", "")[:64]}
        there = plain
        if not _object_id(plain):
            there = self._behind(plain)
        return {"encrypted_data": _object_id(there)}

    def _behind(self, link: str) -> str:
        """Where a short link leads; only Douyin's own are asked."""
        base = self.counter.secrets.get("short_url", SHORT)
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" != base:
            raise Refused("unknown", "this is no link of Douyin's")
        short = Caller(base)
        try:
            there = short.http.get(parts.path).headers.get("location", "")
        except httpx.HTTPError as error:
            raise Away(f"Douyin's link does not answer: {type(error).__name__}") from None
        finally:
            short.close()
        if not _object_id(there):
            raise Refused("unknown", "Douyin's link names no coupon")
        return there

    def verify(self, ask: VerifyAsk) -> Sequence[Certificate]:
        refs = [one.ref for one in ask.certificates]
        body = {"verify_token": ask.token, "poi_id": self.counter.shop, "encrypted_codes": refs}
        if ask.certificates[0].order_ref:
            body["order_id"] = ask.certificates[0].order_ref
        data = self._call("POST", "verify/", changes=True, json=body)
        results = {text(row.get("code")): row for row in data.get("verify_results") or () if isinstance(row, dict)}
        codes = [results.get(ref, {}).get("result", -1) for ref in refs]
        if not any(codes):
            return [_verified(one, results[one.ref]) for one in ask.certificates]
        if all(code not in (0, *USED) and code != -1 for code in codes):
            said = text(next(row.get("msg") for row in results.values() if row.get("result")))
            raise Refused(_why(said), f"Douyin: {said}")
        if all(code in USED for code in codes):  # by this ask or another: the record tells
            return self.look(ask)
        raise Unclear(f"the results differ: {codes}")

    def look(self, ask: VerifyAsk) -> Sequence[Certificate]:
        """The certificates that are verified and were not when they were prepared."""
        found = []
        for one in ask.certificates:
            data = self._call("GET", "get/", params={"encrypted_code": one.ref})
            told = part(part(data, "certificate"), "verify")
            if told.get("verify_id") and whole(told.get("verify_time")) >= _floor(ask.at):
                found.append(_verified(one, told))
        return found

    def cancel(self, certificate: Certificate, by: str) -> None:
        body = {"verify_id": certificate.verify_id, "certificate_id": certificate.certificate_id}
        self._call("POST", "cancel/", changes=True, json=body)

    def stands(self, certificate: Certificate) -> bool:
        data = self._call("GET", "get/", params={"encrypted_code": certificate.ref})
        return text(part(part(data, "certificate"), "verify").get("verify_id")) == certificate.verify_id

    def close(self) -> None:
        self.calls.close()

    def _call(self, method: str, verb: str, *, changes: bool = False, **options: Any) -> Mapping[str, Any]:
        for fresh in (False, True):
            headers = {"access-token": self._token(fresh=fresh)}
            answer = self.calls.json(method, PATH + verb, changes=changes, headers=headers, **options)
            data, extra = part(answer, "data"), part(answer, "extra")
            code = data.get("error_code") or extra.get("error_code") or 0
            if code not in STALE:
                break
        if not code:
            return data
        said = text(data.get("description") or extra.get("sub_description") or extra.get("description"))
        if code in STALE:
            raise Away(f"Douyin does not believe us: {code} {said}", retry_after_s=60)
        if code in BUSY:
            raise (Unclear if changes else Away)(f"Douyin is busy: {said}")
        raise Refused(_why(said), f"Douyin: {said or code}")

    def _token(self, *, fresh: bool) -> str:
        """The kept client token, or a new one; one thread asks, the others wait for it."""
        secrets = self.counter.secrets
        key = (self.counter.base_url, secrets.get("client_key", ""))
        now = clock.now().timestamp()
        with _lock:
            kept = _tokens.get(key)
            if kept and kept[1] > now and not fresh:
                return kept[0]
            body = {"grant_type": "client_credential", "client_key": key[1]}
            body["client_secret"] = secrets.get("client_secret", "")
            data = part(self.calls.json("POST", "/oauth/client_token/", json=body), "data")
            token = data.get("access_token")
            if not isinstance(token, str) or not token:
                raise Away(f"Douyin gives no token: {text(data.get('description'))}", retry_after_s=60)
            lives = whole(data.get("expires_in")) or 7200
            _tokens[key] = (token, now + max(60, lives - EARLY_S))
            return token


def _certificate(row: Mapping[str, Any], order: str) -> Certificate:
    sku, amount = part(row, "sku"), part(row, "amount")
    price, merchant = whole(amount.get("original_amount")), whole(amount.get("merchant_ticket_amount"))
    paid = whole(amount.get("pay_amount"))
    ends = whole(row.get("expire_time"))
    return Certificate(
        ref=text(row.get("encrypted_code")),
        deal_id=text(sku.get("sku_id")),
        title=text(sku.get("title")),
        face_minor=whole(amount.get("list_market_amount")) or whole(sku.get("market_price")) or price,
        price_minor=price,
        paid_minor=paid,
        platform_minor=max(0, price - merchant - paid),
        merchant_minor=merchant,
        expires_at=datetime.fromtimestamp(ends, UTC) if 0 < ends < 10**11 else None,
        kind=text(sku.get("groupon_type")),
        order_ref=order,
    )


def _verified(one: Certificate, told: Mapping[str, Any]) -> Certificate:
    certificate, verified = text(told.get("certificate_id")), text(told.get("verify_id"))
    return replace(one, certificate_id=certificate, verify_id=verified, code=text(told.get("origin_code")))


def _floor(at: datetime) -> int:
    """Their clock may be a little behind ours."""
    return int(at.timestamp()) - 120


def _object_id(link: str) -> str:
    return parse_qs(urlsplit(link).query).get("object_id", [""])[0][:2000]


def _why(said: str) -> str:
    return next((why for why, words in WORDS if any(word in said for word in words)), "platform_refused")
