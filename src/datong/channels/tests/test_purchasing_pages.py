"""Purchasing on the screen: from a supplier to a receipt on the phone, the supplier's own page, and who may what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.inventory import api as inventory
from datong.kernel import clock
from datong.purchasing import api as purchasing
from datong.purchasing.types import OrderState, Supplier

MILL = {"code": "MILL", "name": "The Mill", "lead_days": "3", "min_order": "10.00", "terms": "30 days net"}


def open_mill(house: House) -> Supplier:
    client = house.client()
    client.post("/suppliers/new/", MILL)
    client.post("/suppliers/MILL/items/", {"sku": "CUP", "price": "4.00", "pack": "6"})
    (found,) = purchasing.suppliers(house.brand.id)
    today = clock.now().date()
    cup = house.items["CUP"].id
    sold = {(cup, house.near.id, today - timedelta(days=n)): 4 for n in range(1, 60)}
    purchasing.put_history(house.brand.id, sold)
    return found


@pytest.mark.requirement("S-132", "S-153")
def test_a_supplier_is_kept_with_terms_and_what_cannot_be_kept_is_named_beside_its_field(house: House) -> None:
    client = house.client()
    wrong = client.post("/suppliers/new/", MILL | {"code": "", "lead_days": "soon"})
    assert wrong.status_code == 422 and "A whole number, 0 or more." in texts(wrong)
    assert 'value="The Mill"' in wrong.content.decode()
    open_mill(house)
    page = texts(client.get("/suppliers/MILL/"))
    assert "30 days net" in page and "Cup CUP $4.00" in page
    bad = client.post("/suppliers/MILL/items/", {"sku": "NONE", "price": "x"})
    assert bad.status_code == 422 and "There is no product NONE." in texts(bad)
    assert "1 supplier" in texts(client.get("/suppliers/"))


@pytest.mark.requirement("S-150")
def test_from_a_proposal_to_goods_on_the_shelf_received_by_the_store(house: House) -> None:
    open_mill(house)
    head, store = house.client(), house.client(Role.STORE)
    page = head.post("/purchasing/propose/", follow=True)
    assert "1 proposal is made." in texts(page) and "error 0%, naive 0%" in texts(page)
    (proposal,) = purchasing.proposals(house.brand.id)
    line = {"store": str(proposal.store_id), "supplier": str(proposal.supplier_id)}
    assert store.post("/purchasing/order/", line | {f"units-{proposal.item_id}": "12"}).status_code == 403
    head.post("/purchasing/order/", line | {f"units-{proposal.item_id}": "12", "key": "once"})
    (order,) = purchasing.orders(house.brand.id)
    where = f"/purchasing/orders/{order.id}/"
    for verb in ("submit", "send"):
        head.post(f"{where}act/", {"do": verb})
    assert purchasing.order_of(house.brand.id, order.id).state is OrderState.SENT
    came = {"do": "receive", "key": "r", f"good-{proposal.item_id}": "10", f"bad-{proposal.item_id}": "1"}
    page = store.post(f"{where}act/", came, follow=True)
    assert "10 units are on the shelf." in texts(page)
    store.post(f"{where}act/", came)
    (row,) = inventory.stock_of(house.brand.id, items=[proposal.item_id], locations=[house.near.id])
    assert row.on_hand == 20
    assert "1 damaged" in texts(head.get("/purchasing/orders/"))
    csv = head.get(f"/purchasing/orders/{order.id}.csv")
    assert f"{order.number},Uptown" in csv.content.decode()


def test_a_store_sees_its_own_orders_only(house: House) -> None:
    mill = open_mill(house)
    units = {house.items["CUP"].id: 6}
    order = purchasing.create_order(house.brand.id, mill.id, house.far.id, units, by="hq")
    client = house.client(Role.STORE)
    assert order.number not in texts(client.get("/purchasing/orders/"))
    assert client.get(f"/purchasing/orders/{order.id}/").status_code == 404
    assert client.get("/suppliers/").status_code == 403


@pytest.mark.requirement("S-153")
def test_a_suppliers_own_page_shows_demand_and_stock_of_its_goods_and_the_link_can_be_taken_back(house: House) -> None:
    open_mill(house)
    link = re.search(r"http://testserver(/supply/[^<\s\"]+)", house.client().get("/suppliers/MILL/").content.decode())
    assert link
    page = texts(Client().get(link[1]))
    assert re.search(r"Cup CUP \d+ 20", page) and "Teapot" not in page
    assert Client().get(link[1][:-3] + "xx/").status_code == 404
    house.client().post("/suppliers/MILL/link/")
    assert Client().get(link[1]).status_code == 404


@pytest.mark.requirement("S-149")
def test_the_chain_from_order_to_delivery_is_shown_and_a_broken_link_is_named(house: House) -> None:
    from datong.channels.console.purchasing.demand import chain
    from datong.kernel.db import execute, in_brand

    house.place()
    page = texts(house.client().get("/purchasing/demand/"))
    assert "From order to delivery" in page and "broken" in page  # no worker has opened its task yet

    def links() -> Any:
        from datong.access.api import staff_of
        from datong.channels.console.who import Who

        staff = staff_of(house.users[Role.HQ], house.brand.id)
        assert staff
        (row,) = chain(Who(staff, house.brand))
        return row

    assert (links()["product"], links()["stock"], links()["delivery"]) == (True, True, False)
    with in_brand(house.brand.id):
        execute("DELETE FROM inventory_hold")
    assert links()["stock"] is False


def test_demand_is_drawn_by_day_and_area_and_narrowed_to_a_product(house: House) -> None:
    open_mill(house)
    client = house.client()
    page = texts(client.get("/purchasing/demand/"))
    assert "108 units wanted in four weeks" in page and "MN 108" in page
    assert "No demand yet" in texts(client.get("/purchasing/demand/?sku=NONE"))


def test_receipts_are_booked_over_http_once_and_unknown_goods_are_named(house: House) -> None:
    import json

    from datong.access import api as access
    from datong.access.types import Scope

    mill = open_mill(house)
    order = purchasing.create_order(house.brand.id, mill.id, house.near.id, {house.items["CUP"].id: 6}, by="hq")
    staff = access.staff_of(house.users[Role.HQ], house.brand.id)
    assert staff
    purchasing.submit_order(house.brand.id, order.id, by=staff)
    scopes = [Scope.PURCHASING_READ, Scope.PURCHASING_WRITE]
    made = access.create_client(house.brand.id, house.channels["web"], "Dock", scopes, by="test")
    door = {"HTTP_AUTHORIZATION": f"Bearer {made.key}", "content_type": "application/json"}
    where, client = f"/api/v1/purchasing/orders/{order.id}/receipts", Client()
    body = {"key": "d1", "lines": [{"sku": "CUP", "received": 5, "damaged": 1}]}
    for _ in range(2):
        (line,) = client.post(where, json.dumps(body), **door).json()["lines"]
        assert (line["received"], line["damaged"]) == (5, 1)
    wrong = client.post(where, json.dumps({"key": "d2", "lines": [{"sku": "NONE", "received": 1}]}), **door)
    assert wrong.status_code == 422 and wrong.json()["problems"][0]["field"] == "/lines/0/sku"
    assert client.get("/api/v1/purchasing/orders", **door).json()["orders"][0]["number"] == order.number
    purchasing.propose(house.brand.id)
    assert client.get("/api/v1/purchasing/proposals", **door).status_code == 200
