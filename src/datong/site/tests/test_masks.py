"""What a key of the API is told of a customer, by its scopes."""

from __future__ import annotations

from typing import Any

import pytest

from datong.access.types import Scope
from datong.integration.wire.send import native
from datong.orders.types import Contact
from datong.payments.types import PaymentMethod
from datong.site.tests.house import House, open_house

PLAIN = {"amounts": None, "paid": False, "payment": PaymentMethod.CASH_ON_DELIVERY}
ANN = Contact(name="Ann Lee", phone="+8613800138000", email="ann@example.com")
READS = (Scope.ORDERS_READ, Scope.ORDERS_WRITE)


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    opened = open_house(make_brand)
    key = opened.key()
    body = native.payload(opened.order("A-1", contact=ANN, **PLAIN))
    assert opened.call("POST", "/api/v1/orders", key, body).status_code == 201
    return opened


def test_an_order_tells_contacts_only_to_a_key_for_personal_data(house: House) -> None:
    number = house.call("GET", "/api/v1/orders", house.key(*READS)).json()["orders"][0]["number"]
    plain = house.call("GET", f"/api/v1/orders/{number}", house.key(*READS))
    assert plain.json()["contact"] == {
        "name": "A***", "phone": "***8000", "email": "a***@example.com", "address": "***", "masked": True,
    }  # fmt: skip
    assert not any(secret in plain.content.decode() for secret in ("Ann Lee", "13800138000", "ann@"))
    full = house.call("GET", f"/api/v1/orders/{number}", house.key(*READS, Scope.CUSTOMERS_READ)).json()["contact"]
    assert (full["name"], full["phone"], full["email"], full["masked"]) == (ANN.name, ANN.phone, ANN.email, False)


@pytest.mark.parametrize("text", ["Ann", "%2B8613800138000"])
def test_nobody_is_found_by_name_or_phone_without_the_scope(house: House, text: str) -> None:
    def found(*scopes: Scope) -> int:
        return len(house.call("GET", f"/api/v1/orders?text={text}", house.key(*scopes)).json()["orders"])

    assert (found(*READS), found(*READS, Scope.CUSTOMERS_READ)) == (0, 1)
    assert len(house.call("GET", "/api/v1/orders?text=A-1", house.key(*READS)).json()["orders"]) == 1


def test_the_payload_of_a_delivery_is_withheld_without_the_scope(house: House) -> None:
    (entry,) = house.call("GET", "/api/v1/inbox", house.key(*READS)).json()["entries"]
    plain = house.call("GET", f"/api/v1/inbox/{entry['id']}", house.key(*READS))
    assert (plain.json()["body"], plain.json()["body_withheld"]) == (None, True)
    assert "Ann Lee" not in plain.content.decode()
    full = house.call("GET", f"/api/v1/inbox/{entry['id']}", house.key(*READS, Scope.CUSTOMERS_READ)).json()
    assert "Ann Lee" in full["body"] and not full["body_withheld"]
