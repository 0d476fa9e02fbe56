"""Pages of tax invoices: a customer asks behind the link, staff mend and take back."""

from __future__ import annotations

import pytest

from datong.access.types import Role
from datong.channels.console.invoices.asking import address
from datong.channels.tests.conftest import open_house
from datong.invoices import api as invoices
from datong.invoices.types import About
from datong.payments.types import PaymentMethod
from datong.site.testing.china import application

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
