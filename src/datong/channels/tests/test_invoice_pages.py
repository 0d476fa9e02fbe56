"""Pages of tax invoices: a customer asks behind the link, staff mend and take back."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile

from datong.access.types import Role
from datong.catalog import api as catalog
from datong.catalog.api import put_tax_rates
from datong.catalog.types import TaxRate
from datong.channels.console.invoices.asking import address
from datong.channels.tests.conftest import open_house
from datong.customers.types import Identity, IdentityKind
from datong.invoices import api as invoices
from datong.invoices.types import About
from datong.orders.api import order_page
from datong.payments.types import PaymentMethod
from datong.site.testing.china import LONG_AGO, application
from datong.wallet import api as wallet
from datong.wallet.types.stored import Opening, PurseKind

pytestmark = pytest.mark.django_db


def test_a_customer_asks_behind_the_link_and_staff_take_it_back(make_brand):
    house = open_house(make_brand())
    first, second = (house.place(house.intent(payment=PaymentMethod.PREPAID, paid=True)).order_id for _ in range(2))
    made = application(house.brand.id, first)
    client, page = house.client(Role.OWNER), address(house.brand.id, second)
    for path in (
        "/invoices/",
        "/invoices/export.csv",
        "/invoices/sellers/",
        f"/invoices/{made}/",
        page,
        "/prices/taxes/",
    ):
        assert client.get(path).status_code == 200, path
    assert client.get("/invoice/forged/").status_code == 404
    wrong = client.post(page, {"who": "firm", "title": "Leaf", "tax_no": "91350100M000100Y44", "email": "a@b.cn"})
    assert wrong.status_code == 422 and b"Leaf" in wrong.content
    assert client.post(page, {"who": "person", "title": "Fang", "email": "a@b.cn"}).status_code == 302
    asked = invoices.document_about(house.brand.id, About.ORDER, second)
    assert asked is not None and asked.buyer.title == "Fang"
    assert client.get(page).status_code == 200
    assert client.post(f"/invoices/{made}/", {"do": "drop", "reason": "wrong"}).status_code == 302
    assert invoices.document_about(house.brand.id, About.ORDER, first) is None


def test_a_basket_s_tax_is_told_with_who_levies_it(make_brand):
    house = open_house(make_brand())
    client = house.client(Role.OWNER)
    rate = {"jurisdiction": "US-MN", "tax_class": "standard", "rate": "10"}
    assert client.post("/prices/taxes/", rate).status_code == 302
    page = client.get("/prices/taxes/?basket=2+CUP&region=MN").content.decode()
    assert "US-MN" in page and "$" in page.split("The tax and why")[-1]
    assert client.get("/prices/taxes/?basket=2+NOPE&region=MN").status_code == 422


PLAIN = {
    "provider": "plain", "title": "Tea House Inc.", "tax_no": "41-1234567", "postal": "1 Main Street\r\nMinneapolis",
    "series": "INV-{year}-", "credit_series": "CN-{year}-", "stored": "top_up",
}  # fmt: skip


def scanned(page: str) -> str:
    """What a scanner reads off the code on a page."""
    size = int(page.split('class="qr')[1].split('viewBox="0 0 ')[1].split(" ")[0])
    dots = re.findall(r"M(\d+) (\d+)h1v1h-1z", page)
    picture = np.full((size, size), 255, np.uint8)
    for x, y in dots:
        picture[int(y), int(x)] = 0
    return zxingcpp.read_barcodes(np.kron(picture, np.ones((4, 4), np.uint8)))[0].text


@pytest.fixture
def plain_house(make_brand):
    house = open_house(make_brand())
    assert house.client(Role.OWNER).post("/invoices/sellers/", PLAIN).status_code == 302
    return house


def test_a_seller_of_plain_invoices_is_set_up_and_what_is_wrong_is_kept(make_brand):
    house = open_house(make_brand())
    client = house.client(Role.OWNER)
    wrong = client.post("/invoices/sellers/", {**PLAIN, "series": "inv {month}", "postal": ""})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "inv {month}" in page and page.count('aria-invalid="true"') == 2
    assert "Tea House Inc." in page and invoices.sellers(house.brand.id) == []
    assert client.post("/invoices/sellers/", PLAIN).status_code == 302
    assert "Tea House Inc." in client.get("/invoices/sellers/").content.decode()


def test_a_plain_invoice_is_asked_for_by_the_code_on_the_receipt_and_fetched_behind_it(plain_house):
    house, client = plain_house, plain_house.client(Role.OWNER)
    first, second = (house.place(house.intent(payment=PaymentMethod.PREPAID, paid=True)).order_id for _ in range(2))
    number = order_page(house.brand.id, first).number
    for path in (f"/orders/{number}/", f"/orders/{number}/receipt/"):
        assert scanned(client.get(path).content.decode()) == "http://testserver" + address(house.brand.id, first)
    page = address(house.brand.id, first)
    firm = {"who": "firm", "title": "Leaf GmbH", "tax_no": "de 1?", "postal": "Ufer 2"}
    wrong = client.post(page, firm)
    assert wrong.status_code == 422 and b"Ufer 2" in wrong.content and b"Leaf GmbH" in wrong.content
    assert client.post(page, {**firm, "tax_no": "de123456789"}).status_code == 302
    assert b"Look again" in client.get(page).content
    invoices.send_due(house.brand.id)
    (issued,) = invoices.issued_about(house.brand.id, About.ORDER, first)
    told = client.get(page).content.decode()
    assert issued.number in told and f"{page}{issued.id}.pdf" in told
    paper = client.get(f"{page}{issued.id}.pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF-")
    assert client.get(f"{address(house.brand.id, second)}{issued.id}.pdf").status_code == 404
    assert client.get(f"/invoices/{issued.id}/pdf/").content == paper.content
    assert issued.number.removesuffix("000001") in client.get("/invoices/sellers/").content.decode()
    assert b"Ufer 2" in client.get(f"/invoices/{issued.id}/").content


def test_a_top_up_is_invoiced_behind_its_own_link(plain_house):
    house, client = plain_house, plain_house.client(Role.OWNER)
    (card,) = wallet.issue_gifts(1, 10_000, Opening(PurseKind.GIFT, "USD"), brand=house.brand.id, by="kim")
    (top_up,) = wallet.top_ups_of(house.brand.id, [card.purse_id])
    page = address(house.brand.id, top_up.id, About.TOP_UP)
    assert "$100.00" in client.get(page).content.decode()
    assert client.post(page, {"who": "person", "title": "Fang"}).status_code == 302
    asked = invoices.document_about(house.brand.id, About.TOP_UP, top_up.id)
    assert asked is not None and (asked.total_minor, asked.tax_minor) == (10_000, 0)
    assert client.get(address(house.brand.id, top_up.id)).status_code == 404


def test_the_order_s_page_tells_who_levies_its_tax(make_brand):
    house = open_house(make_brand())
    client = house.client(Role.OWNER)
    put_tax_rates(house.brand.id, [TaxRate("standard", 100_000, LONG_AGO)], inclusive=True)
    order = house.place(house.intent(payment=PaymentMethod.PREPAID, paid=True)).order_id
    found = order_page(house.brand.id, order)
    page = client.get(f"/orders/{found.number}/").content.decode()
    assert [tax.rate_ppm for tax in found.taxes] == [100_000]
    assert "Everywhere" in page.split("Tax by jurisdiction", 1)[1] and "10 %" in page


CODE, OTHER = "1080413000000000000", "3070401000000000000"


def test_tax_categories_are_put_found_imported_and_taken_away(make_brand):
    house = open_house(make_brand())
    client, page = house.client(Role.OWNER), "/invoices/tax-categories/"
    wrong = client.post(page, {"about": "sku", "key": "CUP", "tax_code": "12"})
    assert wrong.status_code == 422 and b'value="12"' in wrong.content and b"19 digits" in wrong.content
    assert client.post(page, {"about": "sku", "key": "CUP", "tax_code": CODE}).status_code == 302
    assert invoices.tax_codes(house.brand.id) == {("sku", "CUP"): CODE}
    bad = SimpleUploadedFile("codes.csv", f"sku,CUP,{OTHER}\nshelf,X,{OTHER}".encode())
    assert client.post(page, {"file": bad}).status_code == 422
    bad = SimpleUploadedFile("codes.csv", f"sku,CUP,{OTHER}\ncategory,tea,12".encode())
    assert client.post(page, {"file": bad}).status_code == 422
    assert invoices.tax_codes(house.brand.id) == {("sku", "CUP"): CODE}  # all rows or none
    good = SimpleUploadedFile("codes.csv", f"about,key,tax_code\n商品,CUP,{OTHER}\ncategory,tea,'{CODE}".encode("gbk"))
    assert client.post(page, {"file": good}).status_code == 302
    assert invoices.tax_codes(house.brand.id) == {("sku", "CUP"): OTHER, ("category", "tea"): CODE}
    assert OTHER.encode() not in client.get(page + "?q=108").content
    told = client.get(page + "export.csv").content
    assert f"sku,CUP,'{OTHER}".encode() in told
    assert client.post(page, {"file": SimpleUploadedFile("codes.csv", told)}).status_code == 302
    assert client.post(page, {"about": "sku", "key": "CUP", "drop": "1"}).status_code == 302
    assert invoices.tax_codes(house.brand.id) == {("category", "tea"): CODE}


def test_a_certificate_of_a_customer_is_kept_ended_and_what_is_wrong_stays_typed(make_brand):
    house = open_house(make_brand())
    client, page = house.client(Role.OWNER), "/prices/taxes/certificates/"
    signs = (Identity(IdentityKind.PHONE, "+16125550100", verified=True),)
    one = order_page(house.brand.id, house.place(house.intent(identities=signs)).order_id).customer_id
    form = {
        "customer": f"http://x/customers/{one}/",
        "number": "ST3-17",
        "reason": "school",
        "valid_from": "2026-13-01",
    }
    wrong = client.post(page, {**form, "customer": "nobody"})
    assert wrong.status_code == 422 and b"ST3-17" in wrong.content and b"2026-13-01" in wrong.content
    assert wrong.content.count(b'aria-invalid="true"') == 2
    days = {"valid_from": "2020-01-01", "valid_to": "2020-12-31"}
    assert client.post(page, {**form, **days}).status_code == 302
    assert client.post(page, {**form, "number": "ST3-18", "valid_from": "2020-01-01"}).status_code == 302
    found, _next = catalog.list_certificates(house.brand.id)
    assert {(c.number, c.customer_id) for c in found} == {("ST3-17", one), ("ST3-18", one)}
    told = client.get(page).content.decode()
    assert "ST3-17" in told and "ST3-18" in told
    holds = next(c for c in found if c.number == "ST3-18")
    assert client.post(page, {"end": str(holds.id)}).status_code == 302
    ended = {c.number: bool(c.ended_at) for c in catalog.list_certificates(house.brand.id)[0]}
    assert ended == {"ST3-17": False, "ST3-18": True}
