"""诺诺 (Nuonuo) open platform: fully digitalised e-invoices, by its public protocol.

POST {address}?senid&nonce&timestamp&appkey with a JSON body. `X-Nuonuo-Sign` is HMAC-SHA1 under the app secret, in
base64, of `a=services&l=v1&p=open&k=APPKEY&i=SENID&n=NONCE&t=TIMESTAMP&f=BODY`. Answers are {code, describe, result};
E0000 is yes. The serial (`orderNo`) is our document's id. Amounts are yuan as texts. A call back is a hint only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import httpx

from datong.invoices.types import Document, Heard, Kind, Line, Refusal, Seller, State
from datong.kernel import clock
from datong.kernel.errors import BadValue, Unavailable

YES = "E0000"
PLATFORM = "nuonuo.OpeMplatform."
TIMEOUT_S = 15.0
ISSUED, UNDER_WAY = frozenset({"2"}), frozenset({"20", "21"})
CONFIRMED, WAITS = frozenset({"01", "04"}), frozenset({"02", "03"})
PAPER = "数电普票"


class Nuonuo:
    """`secret`: the app secret and the access token, with a line break between them."""

    plain = False

    def issue(self, brand_id: UUID, seller: Seller, secret: str, document: Document, of: Document | None) -> None:
        self._ask(seller, secret, "requestBillingNew", {"order": order_of(seller, document, of)})

    def result(self, seller: Seller, secret: str, document: Document) -> Heard | None:
        asked = {"serialNos": [], "orderNos": [document.id.hex], "isOfferInvoiceDetail": "0"}
        found = self._ask(seller, secret, "queryInvoiceResult", asked)
        mine = next((one for one in found or () if one.get("orderNo") == document.id.hex), None)
        if mine is None:
            return None
        status = str(mine.get("status", ""))
        if status in ISSUED:
            number = mine.get("allElectronicInvoiceNumber") or mine.get("invoiceNo") or ""
            pdf, ofd = mine.get("pdfUrl") or mine.get("invoiceFileUrl") or "", mine.get("ofdUrl") or ""
            return Heard(document.id, State.ISSUED, number=str(number), pdf_url=pdf, ofd_url=ofd)
        if status in UNDER_WAY:
            return Heard(document.id, State.ISSUING)
        message = str(mine.get("failCause") or mine.get("statusMsg") or "refused")
        raise Refusal(status, message, again="额度" in message)

    def confirm(self, seller: Seller, secret: str, document: Document, of: Document) -> str:
        asked = {
            "billId": document.id.hex,
            "blueInvoiceLine": "pc",
            "applySource": "0",
            "blueInvoiceNumber": of.number,
            "sellerTaxNo": seller.tax_no,
            "sellerName": seller.title,
            "buyerTaxNo": document.buyer.tax_no,
            "buyerName": document.buyer.title,
            "vatUsage": "0",
            "saleTaxUsage": "0",
            "accountStatus": "0",
            "redReason": "1",
            "amount": yuan(-(document.total_minor - document.tax_minor)),
            "taxAmount": yuan(-document.tax_minor),
        }
        return str(self._ask(seller, secret, "saveInvoiceRedConfirm", asked) or document.id.hex)

    def confirmation(self, seller: Seller, secret: str, document: Document) -> bool:
        asked = {"identity": "0", "billId": document.bill, "pageSize": "1", "pageNo": "1"}
        found = (self._ask(seller, secret, "queryInvoiceRedConfirm", asked) or {}).get("list") or [{}]
        status = str(found[0].get("billStatus", ""))
        if status in CONFIRMED:
            return True
        if not status or status in WAITS:
            return False
        raise Refusal(status, str(found[0].get("billMessage") or "the confirmation of the red letter was turned down"))

    def read(self, body: bytes) -> UUID:
        """The document a call back speaks of: what became of it is asked for, for a call can be forged."""
        try:
            told = parse_qs(body.decode(), max_num_fields=20)
            return UUID(hex=told["orderno"][0])
        except (UnicodeDecodeError, ValueError, KeyError, IndexError):
            raise BadValue("orderno", body[:80].decode(errors="replace"), "the serial of a document of ours") from None

    def _ask(self, seller: Seller, secret: str, method: str, asked: Any) -> Any:
        app_secret, _, token = secret.partition("\n")
        body = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
        senid, nonce = secrets.token_hex(16), f"{secrets.randbelow(10**8):08}"
        at = str(int(clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json;charset=utf-8",
            "X-Nuonuo-Sign": sign(app_secret, seller.account, senid, nonce, at, body),
            "accessToken": token,
            "userTax": seller.tax_no,
            "method": PLATFORM + method,
        }
        query = {"senid": senid, "nonce": nonce, "timestamp": at, "appkey": seller.account}
        try:
            answer = httpx.post(seller.address, params=query, content=body.encode(), headers=headers, timeout=TIMEOUT_S)
            told = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable(f"{method}: {error}") from error
        if answer.status_code >= 500 or not isinstance(told, dict):
            raise Unavailable(f"{method}: HTTP {answer.status_code}")
        code, said = str(told.get("code", "")), str(told.get("describe", ""))
        if code == YES:
            return told.get("result")
        if method == "requestBillingNew" and "重复" in said:  # it has this serial already: the same document
            return None
        raise Refusal(code, said, again="额度" in said or "频繁" in said)


def sign(app_secret: str, account: str, senid: str, nonce: str, timestamp: str, body: str) -> str:
    """The signature of a request."""
    text = f"a=services&l=v1&p=open&k={account}&i={senid}&n={nonce}&t={timestamp}&f={body}"
    return base64.b64encode(hmac.new(app_secret.encode(), text.encode(), hashlib.sha1).digest()).decode()


def yuan(minor: int) -> str:
    return str(Decimal(minor).scaleb(-2))


def order_of(seller: Seller, document: Document, of: Document | None) -> dict[str, Any]:
    """The `order` of requestBillingNew; a red one has its amounts below zero and the confirmation's number."""
    buyer, red = document.buyer, document.kind is Kind.RED
    order: dict[str, Any] = {
        "orderNo": document.id.hex,
        "invoiceDate": f"{clock.now():%Y-%m-%d %H:%M:%S}",
        "invoiceType": "2" if red else "1",
        "invoiceLine": "pc",
        "salerTaxNum": seller.tax_no,
        "buyerName": buyer.title,
        "buyerTaxNum": buyer.tax_no,
        "naturalPersonFlag": "1" if buyer.person else "0",
        "email": buyer.email,
        "buyerPhone": buyer.phone,
        "pushMode": "-1" if not (buyer.email or buyer.phone) else "2" if buyer.email and buyer.phone else
        "0" if buyer.email else "1",
        "clerk": seller.clerk,
        "remark": document.reference,
        "invoiceDetail": [_detail(line, -1 if red else 1) for line in document.lines],
    }  # fmt: skip
    if red and of is not None:
        order |= {"invoiceNum": of.number, "billInfoNo": document.bill}
    return order


def _detail(line: Line, way: int) -> dict[str, Any]:
    """One line with its tax inside (withTaxFlag 1). A line that is not taxed says so (free and zero rate marks)."""
    detail = {
        "goodsName": line.name,
        "goodsCode": line.tax_code,
        "withTaxFlag": "1",
        "taxRate": str(Decimal(line.rate_ppm).scaleb(-6).normalize() if line.rate_ppm else 0),
        "taxIncludedAmount": yuan(way * line.total_minor),
        "taxExcludedAmount": yuan(way * (line.total_minor - line.tax_minor)),
        "tax": yuan(way * line.tax_minor),
        "invoiceLineProperty": "0",
    }
    if line.units:
        detail["num"] = str(way * line.units)
    if line.rate_ppm == 0 and line.tax_code.startswith("6"):
        detail |= {"favouredPolicyFlag": "1", "favouredPolicyName": "不征税", "zeroRateFlag": "2"}
    return detail
