"""诺诺: the adapter against a local server that speaks its protocol: signatures, answers that get lost, red letters."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from datong.integration.invoicing.nuonuo import sign
from datong.invoices import api
from datong.invoices.types import State
from datong.site.testing.china import FIRM, open_in_china

SECRET = "app-secret"


class Office:
    """The provider's side: what it got by serial, what it answers wrongly on purpose."""

    def __init__(self) -> None:
        self.orders: dict[str, dict] = {}
        self.bills: dict[str, str] = {}
        self.drop = 0
        self.say: list[dict] = []
        self.forged = 0

    def answer(self, method: str, body: dict) -> dict:
        name = method.rsplit(".", 1)[-1]
        if name == "requestBillingNew":
            if self.say:
                return self.say.pop(0)
            order = body["order"]
            if order["orderNo"] in self.orders:
                return {"code": "E9106", "describe": "订单编号重复"}
            self.orders[order["orderNo"]] = order
            return {"code": "E0000", "describe": "ok", "result": {"invoiceSerialNum": order["orderNo"]}}
        if name == "queryInvoiceResult":
            found = [
                {"orderNo": n, "status": "2", "allElectronicInvoiceNumber": f"25{at:018}", "pdfUrl": "https://x/1.pdf"}
                for at, n in enumerate(self.orders)
                if n in body["orderNos"]
            ]
            return {"code": "E0000", "describe": "ok", "result": found}
        if name == "saveInvoiceRedConfirm":
            self.bills[body["billId"]] = body["blueInvoiceNumber"]
            return {"code": "E0000", "describe": "ok", "result": body["billId"]}
        return {"code": "E0000", "describe": "ok", "result": {"list": [{"billStatus": "01"}]}}


@pytest.fixture
def office():
    office = Office()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            wanted = sign(SECRET, query["appkey"], query["senid"], query["nonce"], query["timestamp"], text)
            if self.headers["X-Nuonuo-Sign"] != wanted or self.headers["accessToken"] != "token":
                office.forged += 1
                told = {"code": "E9500", "describe": "签名错误"}
            else:
                told = office.answer(self.headers["method"], json.loads(text))
            if office.drop:
                office.drop -= 1
                self.close_connection = True
                return
            data = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    office.address = f"http://127.0.0.1:{server.server_port}/open/v1/services"
    yield office
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop(brand, office):
    return open_in_china(brand, provider="nuonuo", address=office.address, secret=f"{SECRET}\ntoken")


@pytest.mark.requirement("S-211")
def test_the_provider_issues_confirms_and_takes_back_over_its_own_protocol(shop, office):
    order = shop.paid(("TEA", 2), ("CUP", 1))
    office.drop = 1  # it arrives, and the answer is lost
    made = shop.ask(order, FIRM)
    shop.send()
    done = api.document(shop.brand.id, made.id)
    assert (done.state, done.number, done.pdf_url) == (State.ISSUED, f"25{0:018}", "https://x/1.pdf")
    (sent,) = office.orders.values()
    assert (sent["buyerTaxNum"], sent["invoiceType"]) == (FIRM.tax_no, "1")
    lines = [(d["taxIncludedAmount"], d["tax"], d["taxRate"], d["num"]) for d in sent["invoiceDetail"]]
    assert lines == [("10.00", "1.15", "0.13", "2"), ("12.00", "1.38", "0.13", "1")]
    shop.back(order, 2200)
    shop.send(6)
    (red,) = api.reds_of(shop.brand.id, made.id)
    assert office.bills == {red.id.hex: done.number} and office.orders[red.id.hex]["billInfoNo"] == red.bill
    assert [d["taxIncludedAmount"] for d in office.orders[red.id.hex]["invoiceDetail"]] == ["-10.00", "-12.00"]
    assert api.document(shop.brand.id, made.id).state is State.RED and office.forged == 0


def test_a_credit_limit_is_told_in_the_providers_words_and_a_forged_call_changes_nothing(shop, office):
    office.say = [{"code": "E9211", "describe": "授信额度不足"}]
    made = shop.ask(shop.paid(), FIRM)
    api.send_due(shop.brand.id)
    waits = api.document(shop.brand.id, made.id)
    assert (waits.state, waits.error_code, waits.error) == (State.ASKED, "E9211", "授信额度不足")
    forged = f"operater=callback&orderno={made.id.hex}&content=%7B%22c_status%22%3A%221%22%7D".encode()
    assert not api.receive_call(shop.brand.id, made.company_id, forged)
    assert api.document(shop.brand.id, made.id).state is State.ASKED
    shop.send(6)
    assert api.document(shop.brand.id, made.id).state is State.ISSUED
