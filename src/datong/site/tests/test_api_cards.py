"""Membership cards over HTTP: issued, scanned, frozen, replaced."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Scope
from datong.customers import api as customers
from datong.customers.rules import cards as rules
from datong.kernel import clock
from datong.site.tests.house import House, open_house
from datong.site.tests.test_api_customers import seen


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


def code_of(house: House, card: dict[str, Any]) -> str:
    """What a phone with this card shows now."""
    phone = customers.add_card_key(UUID(card["id"]), brand=house.brand.id, label="phone")
    code = rules.code_at(phone.secret, rules.step_of(clock.now().timestamp()))
    return customers.write_code(phone.number, phone.no, code)


@pytest.mark.requirement("S-93", "S-94")
def test_a_card_is_issued_once_and_a_till_learns_whose_it_is(house: House) -> None:
    ann = seen(house, "ann")
    desk = house.key(Scope.CUSTOMERS_READ, Scope.CUSTOMERS_WRITE, Scope.CARDS_SCAN)
    till = house.key(Scope.CARDS_SCAN)
    url, once = f"/api/v1/customers/{ann}/cards", {"Idempotency-Key": "form-1"}
    made = house.call("POST", url, desk, {}, **once).json()
    assert house.call("POST", url, desk, {}, **once).json() == made and made["state"] == "active"
    assert [c["number"] for c in house.call("GET", url, desk).json()["cards"]] == [made["number"]]
    code = code_of(house, made)
    told = house.call("POST", "/api/v1/cards/scan", till, {"code": code, "use": "pay"}).json()
    assert (told["customer_id"], told["number"], told["fresh"], told["name"]) == (ann, made["number"], True, "")
    assert house.call("POST", "/api/v1/cards/scan", desk, {"code": code}).json()["name"] == "ann"
    assert house.call("POST", "/api/v1/cards/scan", house.key(Scope.ORDERS_READ), {"code": code}).status_code == 403


def test_each_refusal_has_its_status_and_its_word(house: House) -> None:
    ann = seen(house, "ann")
    key = house.key(Scope.CUSTOMERS_WRITE, Scope.CARDS_SCAN)
    card = house.call("POST", f"/api/v1/customers/{ann}/cards", key, {}).json()

    def scan(code: str, use: str = "pay") -> tuple[int, list[str]]:
        answer = house.call("POST", "/api/v1/cards/scan", key, {"code": code, "use": use})
        return answer.status_code, [p["code"] for p in answer.json().get("problems", [])]

    assert scan(card["number"]) == (409, ["code_needed"])
    assert scan("DT1:1:2") == (422, ["bad_value"])
    assert scan("1234567", "identify") == (404, [])
    code = code_of(house, card)
    house.call("POST", f"/api/v1/cards/{card['id']}/freeze", key, {"reason": "lost"})
    assert scan(code) == (409, ["card_frozen"])
    house.call("POST", f"/api/v1/cards/{card['id']}/unfreeze", key, {"reason": "found"})
    assert scan(code)[0] == 200
    new = house.call("POST", f"/api/v1/cards/{card['id']}/replace", key, {"reason": "stolen"}).json()
    assert scan(code) == (409, ["card_replaced"]) and new["number"] != card["number"]
    for n in range(40):
        last = scan(rules.make_number(house.brand.id, n), "identify")
    assert last[0] == 429
