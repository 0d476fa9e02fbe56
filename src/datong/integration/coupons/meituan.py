"""Meituan and Dianping coupons (到店综合-团购核销): prepare, consume, find out, reverse.

Source: Meituan's technical service centre (developer.meituan.com, business 58) and its generated Go SDK: paths
/ddzh/tuangou/receipt/{prepare,consume,querylistbydate,getconsumed,reverseconsume}; the form fields developerId,
appAuthToken, businessId, timestamp, charset, version, biz, sign; `requestId` makes a consumption idempotent; a
consumption is taken back within ten minutes. Amounts are yuan, payment details are those of the whole order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha1, sha256
from typing import Any
from zoneinfo import ZoneInfo

from datong.integration.coupons.calls import Caller, fen, text
from datong.kernel import clock
from datong.kernel.money import part_minor
from datong.wallet.ports import Away, Refused, Unclear
from datong.wallet.types.coupons import Certificate, Counter, Prepared, VerifyAsk

BUSINESS = "58"
PATH = "/ddzh/tuangou/receipt/"
SUCCESS = "OP_SUCCESS"
MERCHANT_PAYS = {8, 17, 18, 28}
"""Kinds of payment detail that the merchant bears: its vouchers and its reductions."""
CUSTOMER_PAYS = {10, 23, 25, 29}
PAGE = 300
MOST_PAGES = 40
WORDS = (
    ("used", ("已验证", "已使用", "已消费", "重复")),
    ("expired", ("过期", "有效期")),
    ("refunded", ("退款", "已退")),
    ("other_store", ("门店", "商户不")),
    ("unknown", ("不存在", "无效", "券码错误")),
)


def sign(fields: Mapping[str, str], key: str) -> str:
    """SHA-1 over the key and every field that is not empty, by name, name and value one after the other."""
    told = "".join(name + fields[name] for name in sorted(fields) if name != "sign" and fields[name])
    return sha1((key + told).encode()).hexdigest()  # noqa: S324  the platform's own


class Meituan:
    """A store's counter at Meituan; `counter.shop` is its appAuthToken."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.calls = Caller(counter.base_url)

    def prepare(self, shown: str) -> Prepared:
        data = self._call("prepare", {"receiptCode": _plain(shown)})
        count = data.get("count")
        uses = count if isinstance(count, int) and 0 < count <= 100 else 1
        return Prepared((_certificate(data),) * uses)

    def verify(self, ask: VerifyAsk) -> Sequence[Certificate]:
        data = self._call(
            "consume",
            {
                "requestId": ask.id.hex,
                "receiptCode": _plain(ask.shown),
                "count": len(ask.certificates),
                "appShopAccount": ask.id.hex,
                "appShopAccountName": ask.by[:40],
            },
            changes=True,
        )
        found = [_certificate(row, ask.certificates[0]) for row in data.get("result") or () if isinstance(row, dict)]
        if len(found) != len(ask.certificates):
            raise Unclear(f"{len(found)} of {len(ask.certificates)} were told")
        return found

    def look(self, ask: VerifyAsk) -> Sequence[Certificate]:
        """The day's records that name this ask as the account that verified."""
        zone = ZoneInfo(self.counter.zone)
        days = {at.astimezone(zone).date() for at in (ask.at, min(clock.now(), ask.at + timedelta(days=1)))}
        kind = ask.certificates[0].kind
        return [
            _certificate(row, ask.certificates[0])
            for day in sorted(days)
            for row in self._records(day.isoformat(), kind)
            if row.get("verifyAccount") == ask.id.hex
        ]

    def _records(self, day: str, kind: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for page in range(MOST_PAGES):
            asked = {"date": day, "bizType": int(kind or 0), "type": 0, "offset": page * PAGE, "limit": PAGE}
            data = self._call("querylistbydate", asked)
            rows = [row for row in data.get("records") or () if isinstance(row, dict)]
            found += rows
            if len(rows) < PAGE:
                break
        return found

    def cancel(self, certificate: Certificate, by: str) -> None:
        asked = {"receiptCode": certificate.code, "dealId": certificate.deal_id}
        self._call("reverseconsume", {**asked, "appShopAccount": by[:40], "appShopAccountName": by[:40]}, changes=True)

    def stands(self, certificate: Certificate) -> bool:
        try:
            data = self._call("getconsumed", {"receiptCode": certificate.code})
        except Refused:
            return False
        return bool(data.get("receiptCode"))

    def close(self) -> None:
        self.calls.close()

    def _call(self, verb: str, biz: Mapping[str, Any], *, changes: bool = False) -> dict[str, Any]:
        fields = {
            "developerId": self.counter.secrets.get("developer_id", ""),
            "appAuthToken": self.counter.shop,
            "businessId": BUSINESS,
            "timestamp": str(int(clock.now().timestamp())),
            "charset": "UTF-8",
            "version": "2",
            "biz": json.dumps(biz, ensure_ascii=False, separators=(",", ":")),
        }
        fields["sign"] = sign(fields, self.counter.secrets.get("sign_key", ""))
        answer = self.calls.json("POST", PATH + verb, changes=changes, data=fields)
        code, said = text(answer.get("code")), text(answer.get("msg"))
        if code == SUCCESS:
            data = answer.get("data")
            return data if isinstance(data, dict) else {}
        if code.startswith(("OP_SIGN", "OP_AUTH", "OP_DEVELOPER", "OP_TOKEN")):
            raise Away(f"Meituan does not believe us: {code} {said}", retry_after_s=60)
        if code.startswith(("OP_LIMIT", "OP_FREQ")):
            raise Away(f"Meituan wants fewer calls: {said}", retry_after_s=1)
        if code.startswith("OP_SYSTEM") or not code:
            raise (Unclear if changes else Away)(f"{code} {said}")
        why = next((why for why, words in WORDS if any(word in said for word in words)), "platform_refused")
        raise Refused(why, f"Meituan: {said or code}")


def _certificate(row: Mapping[str, Any], known: Certificate | None = None) -> Certificate:
    """`known` fills in what this answer does not tell: the list of a day has no payment details."""
    code, price = text(row.get("receiptCode")), fen(row.get("dealPrice"))
    merchant, platform, paid = _shares(row, price, known)
    ends = row.get("receiptEndDate")
    return Certificate(
        ref=code,
        deal_id=text(row.get("dealId") or row.get("productItemId")),
        title=text(row.get("dealTitle")),
        face_minor=fen(row.get("dealMarketPrice")) or price,
        price_minor=price,
        paid_minor=paid,
        platform_minor=platform,
        merchant_minor=merchant,
        expires_at=datetime.fromtimestamp(ends / 1000, UTC) if isinstance(ends, int) and 0 < ends < 10**14 else None,
        kind=str(row.get("bizType") or 0),
        order_ref=text(row.get("orderId")) or (known.order_ref if known else ""),
        certificate_id=sha256(code.encode()).hexdigest()[:32],
        verify_id=text(row.get("flowId")),
        code=code,
    )


def _shares(row: Mapping[str, Any], price: int, known: Certificate | None) -> tuple[int, int, int]:
    """(merchant, platform, customer) of one coupon's price; the details are those of all coupons of the order."""
    details = [d for d in row.get("paymentDetail") or () if isinstance(d, dict)]
    if row.get("merchantAmount") not in (None, "") or row.get("platformAmount") not in (None, ""):
        merchant, platform = fen(row.get("merchantAmount")), fen(row.get("platformAmount"))
        return merchant, platform, max(0, price - merchant - platform)
    if not details:
        return (known.merchant_minor, known.platform_minor, known.paid_minor) if known else (0, 0, price)
    total = sum(fen(d.get("amount")) for d in details)
    given = sum(fen(d.get("amount")) for d in details if d.get("amountType") in MERCHANT_PAYS)
    said = sum(fen(d.get("amount")) for d in details if d.get("amountType") in CUSTOMER_PAYS)
    if not total:
        return 0, 0, price
    merchant, paid = part_minor(given, price, total), part_minor(said, price, total)
    return merchant, max(0, price - merchant - paid), paid


def _plain(shown: str) -> str:
    """The digits of a code as it is printed in groups."""
    return "".join(shown.split()).replace("-", "")[:64]
