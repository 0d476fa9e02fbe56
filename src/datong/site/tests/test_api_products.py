"""The product factory over the API: a template of one's own, a product, its state, a quote with options."""

from __future__ import annotations

from typing import Any

import pytest

from datong.access.types import Role, Scope
from datong.site.tests.house import House, open_house


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


@pytest.mark.requirement("S-119", "S-138")
def test_a_product_of_ones_own_template_is_put_sold_and_quoted_with_its_options(house: House) -> None:
    key = house.key()
    extra = {"code": "origin", "title": "Origin", "required": True}
    own = {"based_on": "food", "title": "Noodles", "attributes": [extra]}
    assert house.call("PUT", "/api/v1/templates/noodles", key, own).json()["based_on"] == "food"
    choice = {"code": "egg", "title": "Egg", "delta_minor": 200}
    product = {
        "template": "noodles",
        "title": "Beef noodles",
        "attributes": {"origin": "Lanzhou"},
        "variants": [{"sku": "NOODLES"}],
        "modifiers": [{"code": "extra", "title": "Extra", "choices": [choice]}],
    }
    made = house.call("PUT", "/api/v1/products/NOODLES", key, product)
    assert (made.status_code, made.json()["state"], made.json()["version"]) == (200, "idea", 1)
    assert house.call("PUT", "/api/v1/products/NOODLES", key, product).json() == made.json()
    stale = house.call("PUT", "/api/v1/products/NOODLES", key, {**product, "title": "Other", "version": 7})
    assert stale.status_code == 409
    for state in ("development", "ready", "on_sale"):
        answer = house.call("PUT", "/api/v1/products/NOODLES/state", key, {"state": state})
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert house.call("PUT", "/api/v1/prices/NOODLES", key, {"amount_minor": 1500, "reason": "new"}).status_code == 200
    line = {"sku": "NOODLES", "units": 2, "options": ["egg"]}
    quote = house.call("POST", "/api/v1/quotes", key, {"lines": [line]}).json()
    assert (quote["total_minor"], quote["problems"]) == (3400, [])
    assert quote["lines"][0]["options"][0]["title"] == "Egg"
    found = house.call("GET", "/api/v1/products?state=on_sale&text=beef", key).json()["products"]
    assert [p["code"] for p in found] == ["NOODLES"]


def test_what_cannot_be_put_names_its_field_and_a_reader_may_not_write(house: House) -> None:
    key = house.key()
    bad = {"template": "food", "title": "X", "variants": [{"sku": "X", "gtin": "4006381333932"}]}
    answer = house.call("PUT", "/api/v1/products/X", key, bad)
    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (422, "/variants/0/gtin")
    assert house.call("GET", "/api/v1/products/X", key).status_code == 404
    reader = house.key(Scope.CATALOG_READ, code="reader")
    assert house.call("PUT", "/api/v1/products/X", reader, bad).status_code == 403


@pytest.mark.requirement("S-123", "S-129")
def test_categories_and_assortments_are_put_and_read(house: House) -> None:
    key = house.key()
    tree = {"categories": [{"code": "tea", "title": "Tea", "run": "open"}]}
    assert house.call("PUT", "/api/v1/categories", key, tree).json()["categories"][0]["run"] == "open"
    line = {"place": "store", "place_id": str(house.brand.id), "about": "category", "key": "tea", "listed": False}
    assert house.call("PUT", "/api/v1/assortments", key, {"set": [line]}).status_code == 200
    assert [x["key"] for x in house.call("GET", "/api/v1/assortments", key).json()["lines"]] == ["tea"]
    assert house.call("PUT", "/api/v1/assortments", key, {"clear": [line]}).status_code == 200
    assert house.call("GET", "/api/v1/assortments", key).json()["lines"] == []


def test_a_price_of_a_program_above_the_limit_waits_for_a_person_and_is_asked_for_once(house: House) -> None:
    key = house.key()
    wanted = {"amount_minor": 2900, "reason": "new clay"}
    said = [house.call("PUT", "/api/v1/prices/CUP", key, wanted) for _ in range(2)]
    assert [(answer.status_code, answer.json()["state"]) for answer in said] == [(202, "waiting")] * 2
    assert said[0].json()["change_id"] == said[1].json()["change_id"]
    basket = {"lines": [{"sku": "CUP", "units": 1}]}
    assert house.call("POST", "/api/v1/quotes", key, basket).json()["total_minor"] == 1200
    page = f"/prices/changes/{said[0].json()['change_id']}/"
    house.staff(Role.HQ).post(page, {"do": "approve"})
    assert house.call("POST", "/api/v1/quotes", key, basket).json()["total_minor"] == 2900
