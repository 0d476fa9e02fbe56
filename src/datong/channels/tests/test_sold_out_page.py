"""Sold out 估清 on the screen and over HTTP: one touch, one touch back, undo, and who may where."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from datong.access import api as access
from datong.access.types import Role, Scope
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.inventory import api as inventory


def free(house: House, store: Any, sku: str = "CUP") -> int:
    (row,) = inventory.stock_of(house.brand.id, items=[house.items[sku].id], locations=[store.id])
    return row.free


def undo_of(page: Any) -> str:
    found = re.search(r'action="(/sold-out/undo/[^"]+)"', page.content.decode())
    assert found
    return found[1]


@pytest.mark.requirement("S-147")
def test_one_touch_sells_out_at_one_store_and_one_touch_brings_it_back(house: House) -> None:
    client = house.client()
    page = client.post("/sold-out/set/", {"sku": "CUP", "store": "NEAR", "until": "by_hand"}, follow=True)
    assert "Cup is sold out at Uptown." in texts(page) and "1 product is sold out · all stores" in texts(page)
    assert (free(house, house.near), free(house, house.far)) == (0, 10)
    page = client.post("/sold-out/back/", {"sku": "CUP"}, follow=True)
    assert "Cup is on sale again at all stores." in texts(page)
    assert free(house, house.near) == 10


def test_a_touch_at_all_stores_is_undone_in_one(house: House) -> None:
    client = house.client()
    page = client.post("/sold-out/set/", {"sku": "CUP"}, follow=True)
    assert "Cup is sold out at all stores." in texts(page)
    assert (free(house, house.near), free(house, house.far)) == (0, 0)
    page = client.post(undo_of(page), follow=True)
    assert "Everything is on sale at all stores." in texts(page)
    assert (free(house, house.near), free(house, house.far)) == (10, 10)


def test_store_staff_sell_out_at_their_own_store_and_nowhere_else(house: House) -> None:
    client = house.client(Role.STORE)
    client.post("/sold-out/set/", {"sku": "CUP"})
    assert (free(house, house.near), free(house, house.far)) == (0, 10)
    assert client.post("/sold-out/set/", {"sku": "CUP", "store": "FAR"}).status_code == 404
    assert free(house, house.far) == 10
    headquarters = house.client().post("/sold-out/set/", {"sku": "POT"}, follow=True)
    client.post(undo_of(headquarters))
    assert (free(house, house.near, "POT"), free(house, house.far, "POT")) == (10, 0)


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_who_only_looks_sees_the_list_and_changes_nothing(house: House, role: Role) -> None:
    house.client().post("/sold-out/set/", {"sku": "CUP", "store": "NEAR"})
    client = house.client(role)
    page = client.get("/sold-out/")
    assert "Cup" in texts(page) and "Back on sale" not in texts(page)
    assert client.post("/sold-out/back/", {"sku": "CUP"}).status_code == 403
    assert free(house, house.near) == 0


def test_a_store_is_offered_what_it_has_least_of_and_a_search_finds_the_rest(house: House) -> None:
    client = house.client()
    assert "What this store has least of:" in texts(client.get("/sold-out/?store=NEAR"))
    assert "Cup CUP · 20 free" in texts(client.get("/sold-out/?q=cup"))
    assert "No product fits" in texts(client.get("/sold-out/?q=nothing-like-it"))


def test_a_time_that_has_passed_is_named_and_nothing_is_sold_out(house: House) -> None:
    asked = {"sku": "CUP", "until": "moment", "moment": "2020-01-01T10:00"}
    page = house.client().post("/sold-out/set/", asked, follow=True)
    assert "a moment that is still to come" in texts(page) and free(house, house.near) == 10
    page = house.client().post("/sold-out/set/", asked | {"moment": "x"}, follow=True)
    assert "Choose a date and a time." in texts(page)


def test_the_products_page_says_where_it_is_sold_out_and_brings_it_back(house: House) -> None:
    client = house.client()
    assert "Sell out" in texts(client.get("/products/CUP/"))
    client.post("/sold-out/set/", {"sku": "CUP", "store": "NEAR", "next": "/products/CUP/"})
    page = client.get("/products/CUP/")
    assert "Off sale Uptown · since" in texts(page)
    back = client.post("/sold-out/back/", {"sku": "CUP", "next": "/products/CUP/"})
    assert back["Location"] == "/products/CUP/"
    assert client.post("/sold-out/back/", {"sku": "CUP", "next": "//evil.example/"})["Location"] == "/sold-out/"


def test_the_api_sells_out_lists_and_brings_back(house: House) -> None:
    made = access.create_client(
        house.brand.id, house.channels["web"], "Till", [Scope.STOCK_READ, Scope.STOCK_WRITE], by="test"
    )
    door = {"HTTP_AUTHORIZATION": f"Bearer {made.key}", "content_type": "application/json"}
    client = house.client()
    body = {"skus": ["CUP"], "store": "NEAR", "until": "by_hand", "reason": "machine broke"}
    assert client.post("/api/v1/sold-out", json.dumps(body), **door).json() == {"places": 1}
    assert client.post("/api/v1/sold-out", json.dumps(body), **door).json() == {"places": 0}
    (row,) = client.get("/api/v1/sold-out", **door).json()["sold_out"]
    assert (row["sku"], row["store"], row["by"], row["reason"]) == ("CUP", "NEAR", "client Till", "machine broke")
    wrong = client.post("/api/v1/sold-out", json.dumps({"skus": ["CUP", "NONE"]}), **door)
    assert wrong.status_code == 422 and wrong.json()["problems"][0]["field"] == "/skus/1"
    assert client.post("/api/v1/sold-out/back", json.dumps({"skus": ["CUP"]}), **door).json() == {"places": 1}
    assert client.get("/api/v1/sold-out", **door).json()["sold_out"] == []
