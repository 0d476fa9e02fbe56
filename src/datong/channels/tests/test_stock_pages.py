"""Stock on the screen: counting on a phone, transfers, waste; who may where, and nothing lost by a slip."""

from __future__ import annotations

import re
from typing import Any

from datong.access import api as access
from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.inventory import api as inventory


def on_hand(house: House, store: Any, sku: str = "CUP") -> int:
    found = inventory.stock_of(house.brand.id, items=[house.items[sku].id], locations=[store.id])
    return found[0].on_hand if found else 0


def key_of(page: Any) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def main_of(page: Any) -> str:
    """What is the page's own, without the menus around it."""
    text: str = page.content.decode()
    return text.partition("<main")[2].partition("</main>")[0]


def test_a_store_counts_on_the_phone_blind_and_books_the_difference(house: House) -> None:
    client = house.client(Role.STORE)
    page = client.post("/stock/counts/", {"title": "Front"}, follow=True)
    count = inventory.counts(house.brand.id)[0]
    entry = {"sku": "CUP", "units": "8", "key": key_of(page)}
    page = client.post(f"/stock/counts/{count.id}/tally/", entry, follow=True)
    client.post(f"/stock/counts/{count.id}/tally/", entry)  # a double touch
    assert "1 product counted" in texts(page) and ">Books<" not in main_of(page)
    wrong = client.post(f"/stock/counts/{count.id}/tally/", {"sku": "NONE", "units": "two"})
    assert wrong.status_code == 422 and "A whole number of units" in texts(wrong)
    assert 'value="NONE"' in wrong.content.decode()
    page = client.post(f"/stock/counts/{count.id}/close/", {"do": "close"}, follow=True)
    assert "The differences are booked." in texts(page) and ">Books<" in main_of(page)
    assert on_hand(house, house.near) == 8


def test_a_store_neither_sees_nor_counts_for_another(house: House) -> None:
    count = inventory.open_count(house.brand.id, house.far.id, by="hq")
    client = house.client(Role.STORE)
    assert client.get(f"/stock/counts/{count.id}/").status_code == 404
    assert client.post(f"/stock/counts/{count.id}/tally/", {"sku": "CUP"}).status_code == 404
    assert client.get("/stock/?store=FAR").status_code == 404
    assert client.post("/stock/write-offs/", {"store": "FAR", "lines": "CUP 1"}).status_code == 404
    assert inventory.tallies(house.brand.id, count.id) == [] and on_hand(house, house.far) == 10


def test_waste_is_booked_with_a_reason_and_a_wrong_line_is_named_and_kept(house: House) -> None:
    client = house.client(Role.STORE)
    asked = {"reason": "waste:damaged", "lines": "CUP 2\nNONE 1"}
    page = client.post("/stock/write-offs/", asked)
    assert page.status_code == 422 and "line 2: there is no product NONE" in texts(page)
    assert "NONE 1" in page.content.decode() and on_hand(house, house.near) == 10
    page = client.post("/stock/write-offs/", {"reason": "waste:damaged", "lines": "CUP 2\nCUP"}, follow=True)
    assert "3 units are off the books." in texts(page) and "Waste: damaged" in texts(page)
    assert on_hand(house, house.near) == 7
    too_many = client.post("/stock/write-offs/", {"reason": "waste:damaged", "lines": "CUP 50"})
    assert "at most 7" in texts(too_many) and on_hand(house, house.near) == 7


def test_what_is_worth_too_much_waits_on_the_approvals_page(house: House) -> None:
    access.set_limits(house.brand.id, "stock.adjust", {Role.STORE: 100}, by="owner")
    client = house.client(Role.STORE)
    page = client.post("/stock/write-offs/", {"reason": "own_use:staff", "lines": "CUP 1"}, follow=True)
    assert "a second person is asked" in texts(page) and "waits for approval" in texts(page)
    assert on_hand(house, house.near) == 10
    (asked,) = access.list_approvals(house.brand.id, kind="stock.adjust").approvals
    assert "A second person decides" in texts(client.get(asked.facts["href"]))
    assert house.client(Role.FINANCE).get("/approvals/").status_code in (200, 404)


def test_goods_go_from_one_store_to_another_and_what_is_missing_stands_there(house: House) -> None:
    store, head = house.client(Role.STORE), house.client()
    asked = {"from": "FAR", "to": "NEAR", "lines": "CUP 4"}
    assert "Nothing is underway" in texts(head.get("/stock/transfers/"))
    store.post("/stock/transfers/", asked)
    (made,) = inventory.transfers(house.brand.id)
    where, units = f"/stock/transfers/{made.id}/", f"units-{house.items['CUP'].id}"
    assert store.post(f"{where}act/", {"do": "send", units: "4"}).status_code == 403
    assert "underway" in texts(head.post(f"{where}act/", {"do": "send", units: "4"}, follow=True))
    assert (on_hand(house, house.near), on_hand(house, house.far)) == (10, 6)
    assert "4 units underway" in texts(head.get("/stock/"))
    store.post(f"{where}act/", {"do": "receive", units: "3"})
    assert on_hand(house, house.near) == 13
    assert "lost on the way" in texts(store.get("/stock/movements/"))
    assert inventory.audit(house.brand.id).sound


def test_the_shelf_tells_what_lies_there_and_each_movement_leads_to_its_record(house: House) -> None:
    order = house.pickup(house.near)
    client = house.client()
    assert "Uptown · 20 units on hand" in texts(client.get("/stock/?store=NEAR"))
    house.place(house.intent("till", completed=True, store_code="NEAR"))
    page = client.get("/stock/movements/?store=NEAR")
    href = re.search(r'href="(/orders/[^"]+)"', page.content.decode())
    assert href and client.get(href[1]).status_code == 200
    assert order.number not in texts(page)


def test_reasons_are_added_retired_and_brought_back_by_who_keeps_the_list(house: House) -> None:
    head, store = house.client(Role.MERCHANDISER), house.client(Role.STORE)
    where = "/stock/write-offs/reasons/"
    page = head.post(where, {"do": "add", "kind": "waste", "name": "冷柜故障"}, follow=True)
    assert "冷柜故障 is a reason now." in texts(page) and "9 reasons to choose from" in texts(page)
    assert "Waste: 冷柜故障" in texts(store.get("/stock/write-offs/"))
    wrong = head.post(where, {"do": "add", "kind": "own_use", "name": ""})
    assert wrong.status_code == 422 and "1 to 40 letters" in texts(wrong)
    store.post("/stock/write-offs/", {"reason": "waste:冷柜故障", "lines": "CUP 1"})
    page = head.post(where, {"do": "retire", "kind": "waste", "code": "冷柜故障"}, follow=True)
    assert "no longer offered" in texts(page)
    page = texts(store.get("/stock/write-offs/"))
    assert "Waste: 冷柜故障" in page and page.count("冷柜故障") == 1  # what was booked keeps it, nobody is offered it
    refused = store.post("/stock/write-offs/", {"reason": "waste:冷柜故障", "lines": "CUP 1"})
    assert refused.status_code == 422 and on_hand(house, house.near) == 9
    assert store.post(where, {"do": "back", "kind": "waste", "code": "冷柜故障"}).status_code == 403
    head.post(where, {"do": "back", "kind": "waste", "code": "冷柜故障"})
    assert texts(store.get("/stock/write-offs/")).count("冷柜故障") == 2
