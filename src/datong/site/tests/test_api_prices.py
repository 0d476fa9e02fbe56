"""Prices over the API: many at once, promotions, decision tables, rates; what a person must decide waits."""

from __future__ import annotations

from typing import Any

import pytest

from datong.access.types import Role, Scope
from datong.site.tests.house import House, open_house

FEE = {
    "title": "Fee",
    "inputs": [{"name": "distance_m", "most": 200_000}, {"name": "total_minor"}, {"name": "region", "kind": "text"}],
    "outputs": [{"name": "fee_minor"}],
    "rows": [
        {"inputs": ["<= 3000", "", ""], "outputs": ["300"], "note": "near"},
        {"inputs": ["> 3000", "", ""], "outputs": ["900"]},
    ],
}


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


def total(house: House, key: str, sku: str = "CUP", units: int = 1) -> int:
    basket = {"lines": [{"sku": sku, "units": units}]}
    return int(house.call("POST", "/api/v1/quotes", key, basket).json()["total_minor"])


def test_many_prices_are_previewed_submitted_once_and_read(house: House) -> None:
    key = house.key()
    wanted = {"formula": "percent", "value": 1000, "skus": ["CUP", "JASMINE"], "reason": "spring"}
    made = house.call("POST", "/api/v1/price-changes", key, wanted)
    change = made.json()
    assert (made.status_code, change["state"], change["count"], change["worth_minor"]) == (201, "draft", 2, 36_000)
    assert total(house, key) == 1200
    lines = house.call("GET", f"/api/v1/price-changes/{change['id']}/lines", key).json()
    assert [(o["number"], o["sku"], o["before_minor"], o["after_minor"]) for o in lines] == [
        (1, "CUP", 1200, 1320), (2, "JASMINE", 2400, 2640),
    ]  # fmt: skip
    page = house.call("GET", f"/api/v1/price-changes/{change['id']}/lines?after=1&limit=1", key).json()
    assert [line["sku"] for line in page] == ["JASMINE"]
    for _ in range(2):
        done = house.call("POST", f"/api/v1/price-changes/{change['id']}/submit", key, {"reason": "spring"})
        assert (done.status_code, done.json()["state"]) == (200, "done")
    assert (total(house, key), total(house, key, "JASMINE")) == (1320, 2640)
    listed = house.call("GET", "/api/v1/price-changes", key).json()
    assert [one["id"] for one in listed["changes"]] == [change["id"]]


def test_a_large_change_of_a_program_waits_and_a_person_decides(house: House) -> None:
    key = house.key()
    own = {"prices": [{"sku": "CUP", "amount_minor": 2400}], "reason": "new"}
    change = house.call("POST", "/api/v1/price-changes", key, own).json()
    asked = house.call("POST", f"/api/v1/price-changes/{change['id']}/submit", key, {"reason": "new"})
    assert (asked.status_code, asked.json()["state"], total(house, key)) == (202, "waiting", 1200)
    house.staff(Role.HQ).post(f"/prices/changes/{change['id']}/", {"do": "approve"})
    read = house.call("GET", f"/api/v1/price-changes/{change['id']}", key).json()
    assert (read["state"], total(house, key)) == ("done", 2400)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"formula": "percent", "value": 100}, "selection"),
        ({"skus": ["NOPE"], "value": 5}, "skus"),
        ({"formula": "given", "everything": True}, "formula"),
        ({"prices": [{"sku": "CUP", "amount_minor": 1}] * 2}, "prices"),
        ({"everything": True, "value": 5, "begins": "2020-01-01T00:00:00Z"}, "begins"),
    ],
)
def test_a_change_that_cannot_be_names_the_field(house: House, body: dict[str, Any], field: str) -> None:
    refused = house.call("POST", "/api/v1/price-changes", house.key(), body)
    assert refused.status_code == 422
    assert [problem["field"] for problem in refused.json()["problems"]] == [field]


def test_a_preview_under_a_key_is_made_once(house: House) -> None:
    key, body = house.key(), {"formula": "percent", "value": 100, "everything": True}
    ids = {
        house.call("POST", "/api/v1/price-changes", key, body, **{"Idempotency-Key": "k-1"}).json()["id"]
        for _ in range(2)
    }
    assert len(ids) == 1


def test_a_promotion_is_checked_put_listed_and_ended(house: House) -> None:
    key = house.key()
    bad = {"title": "Tea week", "kind": "percentage", "value": 20_000}
    refused = house.call("POST", "/api/v1/promotions/tea-week/check", key, bad)
    assert (refused.status_code, refused.json()["problems"][0]["field"]) == (422, "value")
    good = {
        **bad,
        "value": 1000,
        "skus": ["CUP"],
        "windows": [{"begins": 0, "ends": 1440, "weekdays": [1, 2, 3, 4, 5, 6, 7]}],
    }
    assert house.call("POST", "/api/v1/promotions/tea-week/check", key, good).status_code == 200
    assert total(house, key) == 1200
    for _ in range(2):
        put = house.call("PUT", "/api/v1/promotions/tea-week", key, good)
        assert (put.status_code, put.json()["skus"], put.json()["windows"][0]["ends"]) == (200, ["CUP"], 1440)
    assert total(house, key) == 1080
    assert [one["code"] for one in house.call("GET", "/api/v1/promotions", key).json()] == ["tea-week"]
    ended = [house.call("POST", "/api/v1/promotions/tea-week/end", key).status_code for _ in range(2)]
    assert (ended, total(house, key)) == ([204, 204], 1200)
    assert house.call("POST", "/api/v1/promotions/none/end", key).status_code == 404


def test_a_table_is_checked_put_and_goes_live_when_a_person_says_so(house: House) -> None:
    key = house.key()
    gap = {**FEE, "rows": FEE["rows"][:1]}
    (fault,) = house.call("POST", "/api/v1/tables/delivery_fee/check", key, gap).json()
    assert (fault["fault"], fault["example"]["distance_m"]) == ("gap", "3001")
    drafts = [house.call("PUT", "/api/v1/tables/delivery_fee", key, gap).json() for _ in range(2)]
    assert [(d["number"], d["state"], len(d["faults"])) for d in drafts] == [(1, "draft", 1)] * 2
    refused = house.call("POST", "/api/v1/tables/delivery_fee/versions/1/publish", key, {"reason": "x"})
    assert (refused.status_code, refused.json()["problems"][0]["code"]) == (422, "gap")
    assert house.call("PUT", "/api/v1/tables/delivery_fee", key, FEE).json()["number"] == 2
    for _ in range(2):
        asked = house.call("POST", "/api/v1/tables/delivery_fee/versions/2/publish", key, {"reason": "x"})
        assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    given = {"inputs": {"distance_m": 10, "total_minor": 1, "region": ""}}
    assert house.call("POST", "/api/v1/tables/delivery_fee/decide", key, given).status_code == 404
    version = asked.json()["id"]
    house.staff(Role.HQ).post(f"/tables/delivery_fee/{version}/", {"do": "approve"})
    decided = house.call("POST", "/api/v1/tables/delivery_fee/decide", key, given).json()
    assert decided == {"outputs": {"fee_minor": 300}}
    states = [v["state"] for v in house.call("GET", "/api/v1/tables/delivery_fee", key).json()]
    assert states == ["live", "draft"]
    basket = {"lines": [{"sku": "CUP", "units": 1}], "distance_m": 4000}
    told = house.call("POST", "/api/v1/quotes/explain", key, basket).json()["delivery"]
    assert (told["minor"], told["version"]) == (900, 2)


def test_rates_are_put_once_and_a_wrong_one_is_named(house: House) -> None:
    key = house.key()
    rate = {"kind": "interest", "key": "savings-1y", "value": "2.75", "valid_from": "2099-01-01T00:00:00Z"}
    now = {"kind": "exchange", "key": "USD/CNY", "value": "7.1"}
    assert house.call("PUT", "/api/v1/rates", key, {"rates": [rate, now], "reason": "x"}).json() == {"changed": 2}
    assert house.call("PUT", "/api/v1/rates", key, {"rates": [rate, now], "reason": "x"}).json() == {"changed": 0}
    listed = house.call("GET", "/api/v1/rates", key).json()
    assert [(r["key"], r["value_e8"]) for r in listed] == [("USD/CNY", 710_000_000), ("savings-1y", 2_750_000)]
    bad = house.call("PUT", "/api/v1/rates", key, {"rates": [now, {**rate, "value": "much"}], "reason": "x"})
    assert (bad.status_code, bad.json()["problems"][0]["field"]) == (422, "rates/1/value")


def test_who_may_only_read_puts_nothing(house: House) -> None:
    key = house.key(Scope.CATALOG_READ)
    promotion = {"title": "x", "kind": "percentage", "value": 1000}
    assert house.call("PUT", "/api/v1/promotions/x", key, promotion).status_code == 403
    assert house.call("PUT", "/api/v1/tables/delivery_fee", key, FEE).status_code == 403
    assert house.call("GET", "/api/v1/promotions", key).json() == []
