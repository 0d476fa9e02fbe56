"""Money of an order given back over the API, with the units that are taken out of it."""

from __future__ import annotations

from typing import Any

import pytest

from datong.access.types import Role, Scope
from datong.brand.types import ChannelKind
from datong.inventory.api import holds_of
from datong.orders import api as orders
from datong.orders.types import Amounts, IntentLine
from datong.site.tests.house import PRICES, House, open_house


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


def sold(house: House, units: int, number: str = "A-1") -> Any:
    total = units * PRICES["LONGJING"]
    house.channel("app", ChannelKind.APP)
    lines = (IntentLine(1, "LONGJING", units, PRICES["LONGJING"], title="Longjing"),)
    intent = house.order(number, lines=lines, amounts=Amounts(goods=total, paid=total))
    (made,) = orders.place([intent], brand=house.brand.id, actor="test")
    return made


def held(house: House, order: Any) -> int:
    return sum(units for _, _, units in holds_of(house.brand.id, order.order_id))


def test_units_are_taken_out_once_and_what_was_paid_for_them_goes_back(house: House) -> None:
    order, key = sold(house, 3), house.key()
    url, body = f"/api/v1/orders/{order.number}/refunds", {"lines": [{"line_no": 1, "units": 2}], "reason": "broken"}
    first = house.call("POST", url, key, body, **{"Idempotency-Key": "k1"})
    assert (first.status_code, first.json()["state"]) == (200, "approved"), first.json()
    assert first.json()["amount_minor"] == 2 * PRICES["LONGJING"] and held(house, order) == 1
    again = house.call("POST", url, key, body, **{"Idempotency-Key": "k1"})
    assert again.json() == first.json() and held(house, order) == 1
    other = house.call("POST", url, key, {"amount_minor": 1, "reason": "x"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["problems"][0]["field"]) == (409, "Idempotency-Key"), other.json()
    (told,) = house.call("GET", url, key).json()["refunds"]
    assert (told["amount_minor"], told["reason"]) == (2 * PRICES["LONGJING"], "broken")
    line = house.call("GET", f"/api/v1/orders/{order.number}", key).json()["lines"][0]
    assert (line["units"], line["withdrawn"]) == (3, 2)


def test_above_the_limit_of_programs_a_person_decides_and_only_then_it_is_done(house: House) -> None:
    units = 50_000 // PRICES["LONGJING"] + 1
    order, key = sold(house, units + 1), house.key()
    url, body = f"/api/v1/orders/{order.number}/refunds", {"lines": [{"line_no": 1, "units": units}], "reason": "no"}
    asked = house.call("POST", url, key, body, **{"Idempotency-Key": "k1"})
    assert (asked.status_code, asked.json()["state"]) == (202, "pending"), asked.json()
    before = held(house, order)
    house.staff(Role.HQ).post(f"/approvals/{asked.json()['approval_id']}/", {"do": "approve"})
    again = house.call("POST", url, key, body, **{"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["state"]) == (200, "approved")
    assert held(house, order) == max(0, before - units)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lines": [{"line_no": 1, "units": 9}], "reason": "x"}, "/lines/0/units"),
        ({"lines": [{"line_no": 7, "units": 1}], "reason": "x"}, "/lines/0/line_no"),
        ({"lines": [{"line_no": 1, "units": 1}] * 2, "reason": "x"}, "/lines"),
        ({"amount_minor": 10**9, "reason": "x"}, "/amount_minor"),
        ({"reason": "x"}, "/amount_minor"),
        ({"amount_minor": 1}, "/reason"),
    ],
)
def test_what_cannot_be_is_named_by_its_field_and_nothing_moves(house: House, body: Any, field: str) -> None:
    order, key = sold(house, 3), house.key()
    url = f"/api/v1/orders/{order.number}/refunds"
    refused = house.call("POST", url, key, body, **{"Idempotency-Key": "k1"})
    assert refused.status_code == 422 and refused.json()["problems"][0]["field"].endswith(field), refused.json()
    assert held(house, order) == 3 and house.call("GET", url, key).json()["refunds"] == []


def test_who_may_only_read_gives_nothing_back(house: House) -> None:
    order, key = sold(house, 3), house.key(Scope.ORDERS_READ)
    url, body = f"/api/v1/orders/{order.number}/refunds", {"amount_minor": 1, "reason": "x"}
    assert house.call("POST", url, key, body, **{"Idempotency-Key": "k1"}).status_code == 403
    assert house.call("GET", url, key).json()["refunds"] == []
