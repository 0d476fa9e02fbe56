"""Counts, transfers, suppliers and stock levels over HTTP: sent again, in part, wrong, and by who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Scope
from datong.catalog.api import items_by_sku
from datong.inventory import api as inventory
from datong.kernel.ids import uuid7
from datong.purchasing import api as purchasing
from datong.site.tests.house import House, open_house


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


@pytest.fixture
def call(house: House) -> Callable[..., Any]:
    key = house.key()
    return lambda method, path, body=None, **headers: house.call(method, f"/api/v1{path}", key, body, **headers)


def on_hand(house: House, store: str) -> int:
    item = items_by_sku(house.brand.id, ["CUP"])["CUP"].id
    found = inventory.stock_of(house.brand.id, items=[item], locations=[house.stores[store].id])
    return found[0].on_hand if found else 0


def fields(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [problem["field"] for problem in answer.json()["problems"]]


def test_a_count_is_begun_and_counted_into_once_and_stays_blind_until_a_person_closes_it(
    house: House, call: Callable[..., Any]
) -> None:
    first, *_ = sorted(house.stores)
    begun = {"store": first, "title": "Front"}
    count = call("POST", "/counts", begun, idempotency_key="c1").json()
    assert call("POST", "/counts", begun, idempotency_key="c1").json() == count
    assert call("POST", "/counts", begun | {"title": "Back"}, idempotency_key="c1").status_code == 409
    tallies = f"/counts/{count['id']}/tallies"
    for _ in range(2):
        whole = call("POST", tallies, {"lines": [{"sku": "CUP", "units": 5}]}, idempotency_key="t1").json()
    whole = call("POST", tallies, {"lines": [{"sku": "CUP", "units": -1}, {"sku": "CUP", "units": 2}]}).json()
    assert whole["lines"] == [
        {"sku": "CUP", "counted": 6, "expected": None, "difference": None, "by": ["client client app"]}
    ]
    assert fields(call("POST", tallies, {"lines": [{"sku": "CUP", "units": 1}, {"sku": "NO", "units": 1}]})) == [
        "/lines/1/sku"
    ]
    assert fields(call("POST", "/counts", {"store": "NOWHERE"})) == ["/store"]
    inventory.drop_count(house.brand.id, UUID(count["id"]), by="ann")
    assert call("POST", tallies, {"lines": [{"sku": "CUP", "units": 1}]}).status_code == 409
    assert [c["state"] for c in call("GET", f"/counts?store={first}").json()["counts"]] == ["dropped"]
    assert call("GET", f"/counts/{uuid7()}").status_code == 404


def test_a_transfer_goes_its_way_and_every_step_may_come_twice(house: House, call: Callable[..., Any]) -> None:
    start, end, *_ = sorted(house.stores)
    there, here = on_hand(house, start), on_hand(house, end)
    asked = {"from_store": start, "to_store": end, "lines": [{"sku": "CUP", "units": 4}]}
    made = call("POST", "/transfers", asked, idempotency_key="x").json()
    assert call("POST", "/transfers", asked, idempotency_key="x").json()["id"] == made["id"]
    where = f"/transfers/{made['id']}"
    assert call("POST", f"{where}/receive", {}).status_code == 409
    for _ in range(2):
        assert call("POST", f"{where}/send", {}).json()["state"] == "sent"
    assert (on_hand(house, start), on_hand(house, end)) == (there - 4, here)
    for _ in range(2):
        came = call("POST", f"{where}/receive", {"lines": [{"sku": "CUP", "units": 3}]}).json()
    assert came["lines"] == [{"sku": "CUP", "asked": 4, "sent": 4, "received": 3}]
    assert (on_hand(house, start), on_hand(house, end)) == (there - 4, here + 3)
    assert call("POST", f"{where}/cancel").status_code == 409
    assert [t["id"] for t in call("GET", f"/transfers?store={end}&state=received").json()["transfers"]] == [made["id"]]
    assert inventory.audit(house.brand.id).sound


def test_what_is_wrong_with_a_transfer_names_its_field_and_nothing_moves(
    house: House, call: Callable[..., Any]
) -> None:
    start, end, *_ = sorted(house.stores)
    good = {"from_store": start, "to_store": end, "lines": [{"sku": "CUP", "units": 1}]}
    assert fields(call("POST", "/transfers", good | {"to_store": start})) == ["/to_store"]
    assert fields(call("POST", "/transfers", good | {"from_store": "NOWHERE"})) == ["/from_store"]
    twice = {"lines": [{"sku": "CUP", "units": 1}, {"sku": "CUP", "units": 2}]}
    assert fields(call("POST", "/transfers", good | twice)) == ["/lines/1/sku"]
    assert fields(call("POST", "/transfers", good | {"lines": [{"sku": "CUP", "units": 0}]})) == ["/lines/0/units"]
    assert inventory.transfers(house.brand.id) == []
    many = call("POST", "/transfers", good | {"lines": [{"sku": "CUP", "units": 90_000}]}).json()
    assert fields(call("POST", f"/transfers/{many['id']}/send", {})) == ["/lines/0/units"]
    assert call("POST", f"/transfers/{many['id']}/cancel").json()["state"] == "cancelled"


@pytest.mark.requirement("S-132")
def test_a_supplier_and_its_goods_are_put_and_read_back(house: House, call: Callable[..., Any]) -> None:
    mill = {"name": "The Mill", "email": "orders@mill.example", "lead_days": 3, "min_order_minor": 2000}
    made = call("PUT", "/suppliers/MILL", mill).json()
    assert made == {"code": "MILL", "phone": "", "terms": "", "active": True, **mill}
    assert call("PUT", "/suppliers/MILL", mill).json() == made == call("GET", "/suppliers/MILL").json()
    for code in ("A", "Z"):
        call("PUT", f"/suppliers/{code}", {"name": code})
    page = call("GET", "/suppliers?limit=2").json()
    assert ([s["code"] for s in page["suppliers"]], page["next"]) == (["A", "MILL"], "MILL")
    assert [s["code"] for s in call("GET", "/suppliers?after=MILL").json()["suppliers"]] == ["Z"]
    goods = {"items": [{"sku": "CUP", "price_minor": 400, "pack_units": 6}]}
    (line,) = call("PUT", "/suppliers/MILL/items", goods).json()["items"]
    assert line == {"sku": "CUP", "price_minor": 400, "pack_units": 6, "min_units": 0, "lead_days": None,
                    "shelf_life_days": None}  # fmt: skip
    assert fields(call("PUT", "/suppliers/MILL/items", {"items": [{"sku": "NO", "price_minor": 1}]})) == [
        "/items/0/sku"
    ]
    assert fields(call("PUT", "/suppliers/MILL", mill | {"lead_days": 400})) == ["/lead_days"]
    assert call("PUT", "/suppliers/NONE/items", goods).status_code == 404


def test_two_that_add_one_supplier_at_once_add_one(committed_db: str, make_brand: Any, in_parallel: Any) -> None:
    house = open_house(make_brand)
    key = house.key()
    answers: list[int] = []
    in_parallel(4, lambda: answers.append(house.call("PUT", "/api/v1/suppliers/MILL", key, {"name": "M"}).status_code))
    assert answers == [200] * 4 and len(purchasing.suppliers(house.brand.id)) == 1


def test_levels_are_put_all_or_none(house: House, call: Callable[..., Any]) -> None:
    store = min(house.stores)
    level = {"store": store, "sku": "CUP", "low": 5, "high": 20}
    assert call("PUT", "/purchasing/levels", {"levels": [level]}).json() == {"changed": 1}
    assert call("PUT", "/purchasing/levels", {"levels": [level]}).json() == {"changed": 0}
    wrong = [
        level | {"low": 6},
        level | {"sku": "NO"},
        level | {"store": "NO"},
        level | {"high": 5},
        level | {"low": None},
    ]
    found = fields(call("PUT", "/purchasing/levels", {"levels": wrong}))
    assert found == ["/levels/1/sku", "/levels/2/store", "/levels/3/high", "/levels/4/high"]
    assert call("GET", f"/purchasing/levels?store={store}").json() == {"levels": [level]}
    assert call("PUT", "/purchasing/levels", {"levels": [level | {"low": None, "high": None}]}).json() == {"changed": 1}
    assert call("GET", f"/purchasing/levels?store={store}").json() == {"levels": []}


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        (Scope.STOCK_READ, "POST", "/counts"),
        (Scope.STOCK_READ, "POST", "/transfers"),
        (Scope.PURCHASING_READ, "PUT", "/suppliers/MILL"),
        (Scope.PURCHASING_READ, "PUT", "/purchasing/levels"),
    ],
)
def test_who_may_only_read_writes_nothing(house: House, scope: Scope, method: str, path: str) -> None:
    bodies: dict[str, Any] = {
        "/counts": {"store": min(house.stores)},
        "/transfers": {"from_store": "a", "to_store": "b", "lines": [{"sku": "CUP", "units": 1}]},
        "/suppliers/MILL": {"name": "M"},
        "/purchasing/levels": {"levels": [{"store": "a", "sku": "CUP", "low": 1, "high": 2}]},
    }
    answer = house.call(method, f"/api/v1{path}", house.key(scope), bodies[path])
    assert answer.status_code == 403 and purchasing.suppliers(house.brand.id) == []
    assert inventory.counts(house.brand.id) == [] == inventory.transfers(house.brand.id)
