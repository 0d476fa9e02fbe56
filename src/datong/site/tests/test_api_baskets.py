"""An app fills the same basket as the shop's pages; what cannot be sold is refused by its field."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from datong.access.types import Scope
from datong.orders import api as orders
from datong.site.tests.house import House, open_house
from datong.site.tests.test_api_customers import seen


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


@pytest.mark.requirement("S-10", "S-20")
def test_an_app_fills_the_customers_one_basket(house: House) -> None:
    who, key = seen(house, "ann"), house.key(Scope.ORDERS_WRITE, Scope.CUSTOMERS_WRITE)
    made = house.call("POST", "/api/v1/baskets", key, {"customer_id": who}).json()
    assert house.call("POST", "/api/v1/baskets", key, {"customer_id": who}).json()["id"] == made["id"]
    at = f"/api/v1/baskets/{made['id']}"
    put = house.call("PUT", f"{at}/lines", key, {"sku": "LONGJING", "units": 2}).json()
    (line,) = put["lines"]
    assert put["total_minor"] == line["total_minor"] == 2 * line["unit_minor"] > 0
    (mine,) = orders.baskets_of(house.brand.id, mine_id := orders.get_basket(house.brand.id, made["id"]).customer_id)  # type: ignore[arg-type]
    assert mine_id is not None and mine.units == 2
    assert house.call("GET", at, key).json()["lines"] == put["lines"]
    assert house.call("PUT", f"{at}/lines", key, {"sku": "LONGJING", "units": 0}).json()["lines"] == []


def test_what_cannot_be_had_is_refused_by_its_field(house: House) -> None:
    key = house.key(Scope.ORDERS_WRITE)
    made = house.call("POST", "/api/v1/baskets", key, {}).json()
    at = f"/api/v1/baskets/{made['id']}"
    for body, field in (
        ({"sku": "NONE", "units": 1}, "/sku"),
        ({"sku": "LONGJING", "units": 1, "options": ["nothing"]}, "/options"),
    ):
        refused = house.call("PUT", f"{at}/lines", key, body)
        assert (refused.status_code, refused.json()["problems"][0]["field"]) == (422, field)
    assert house.call("GET", f"{at}?store=NOWHERE", key).status_code == 422
    assert house.call("GET", f"/api/v1/baskets/{uuid4()}", key).status_code == 404
    assert house.call("POST", "/api/v1/baskets", key, {"customer_id": str(uuid4())}).status_code == 404
    assert house.call("GET", at, house.key(Scope.ORDERS_READ, code="other")).status_code == 403
