"""Purchasing on the screen: from a supplier to a receipt on the phone, the supplier's own page, and who may what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

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
    today = clock.now().astimezone(ZoneInfo(house.brand.timezone)).date()
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
    page = store.post(f"{where}receive/", came, follow=True)
    assert "10 units are on the shelf." in texts(page) and "Goods came: 10 good, 1 damaged" in texts(page)
    store.post(f"{where}receive/", came)
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


def sendable(house: House, email: str = "orders@mill.example") -> Any:
    """An approved order of 6 cups at the mill, which has this address."""
    from dataclasses import replace

    from datong.access import api as access

    mill = open_mill(house)
    purchasing.put_supplier(house.brand.id, replace(mill, email=email), by="test")
    order = purchasing.create_order(house.brand.id, mill.id, house.near.id, {house.items["CUP"].id: 6}, by="hq")
    staff = access.staff_of(house.users[Role.HQ], house.brand.id)
    assert staff
    return purchasing.submit_order(house.brand.id, order.id, by=staff)


@pytest.fixture
def post_office(settings: Any, mailoutbox: list[Any]) -> list[Any]:
    """A mail server is set; what it was given."""
    settings.DATONG_SMTP = "smtp://127.0.0.1:25"
    return mailoutbox


@pytest.mark.requirement("S-153")
def test_an_order_goes_to_its_supplier_by_mail_and_the_timeline_says_to_whom_and_by_whom(house, post_office) -> None:
    order, client = sendable(house), house.client()
    where = f"/purchasing/orders/{order.id}/"
    page = client.get(where)
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    assert key and 'value="orders@mill.example"' in page.content.decode()
    form = {"to": "orders@mill.example", "body": "Hello, 6 cups please.", "key": key[1]}
    client.post(f"{where}mail/", form)
    page = client.post(f"{where}mail/", form, follow=True)  # a double touch
    (letter,) = post_office
    assert (letter.to, letter.body) == (["orders@mill.example"], "Hello, 6 cups please.")
    assert letter.subject == f"Purchase order {order.number} of {house.brand.name}"
    (paper, _content, kind), (file, text, _kind) = letter.attachments
    assert (paper, kind, file) == (f"{order.number}.pdf", "application/pdf", f"{order.number}.csv")
    assert f"{order.number},Uptown" in text
    assert "Sent to orders@mill.example" in texts(page) and "Send it again" in texts(page)
    assert purchasing.order_of(house.brand.id, order.id).state is OrderState.SENT
    client.post(f"{where}mail/", form | {"key": "another"})
    assert len(post_office) == 2
    steps = purchasing.history(house.brand.id, order)
    assert [s.facts["to"] for s in steps if s.verb == "send"] == ["orders@mill.example"] * 2


def test_a_letter_that_cannot_go_out_says_why_and_keeps_what_was_typed(house: House, post_office: list[Any]) -> None:
    order, client = sendable(house, email=""), house.client()
    page = client.post(f"/purchasing/orders/{order.id}/mail/", {"to": "", "body": "Keep me."})
    assert page.status_code == 422 and "one e-mail address" in texts(page) and "Keep me." in page.content.decode()
    assert post_office == [] and purchasing.order_of(house.brand.id, order.id).state is OrderState.APPROVED


def test_without_a_mail_server_the_letter_is_opened_or_copied_and_the_sending_noted(house: House) -> None:
    order, client = sendable(house), house.client()
    where = f"/purchasing/orders/{order.id}/"
    page = client.get(where).content.decode()
    assert "mailto:orders%40mill.example?subject=Purchase%20order" in page and "Copy the text" in page
    assert "Send by e-mail" not in page
    refused = client.post(f"{where}mail/", {"to": "orders@mill.example", "body": "x"})
    assert "no mail server is set" in texts(refused) and "Deliver to: Uptown" in page
    assert "Sent to the supplier" in texts(client.post(f"{where}act/", {"do": "send"}, follow=True))


def test_the_order_is_a_pdf_in_the_readers_language(house: House) -> None:
    order, client = sendable(house), house.client()
    found = client.get(f"/purchasing/orders/{order.id}.pdf")
    assert found["Content-Type"] == "application/pdf" and found.content.startswith(b"%PDF-")
    assert house.client(Role.CASHIER).get(f"/purchasing/orders/{order.id}.pdf").status_code == 403


def test_a_scan_adds_one_unit_and_a_wrong_code_says_so_and_loses_nothing(house: House) -> None:
    from dataclasses import replace

    from datong.catalog.api import put_items

    put_items(house.brand.id, [replace(house.items["CUP"], gtin="036000291452")])
    order, store = sendable(house), house.client(Role.STORE)
    where, cup = f"/purchasing/orders/{order.id}/receive/", house.items["CUP"].id
    form = {"key": "k", f"good-{cup}": "2", f"bad-{cup}": "1", "do": "scan"}
    for code in ("036000291452", "0036000291452", "CUP"):
        page = store.post(where, form | {"code": code})
        assert page.status_code == 200 and "Cup: 3" in texts(page)
        assert f'name="good-{cup}" type="text" value="3"' in page.content.decode()
    wrong = store.post(where, form | {"code": "4006381333931"})
    assert wrong.status_code == 422 and "4006381333931 is not of this order." in texts(wrong)
    assert (
        f'name="good-{cup}" type="text" value="2"' in wrong.content.decode() and 'value="k"' in wrong.content.decode()
    )
    nothing = store.post(where, {"do": "receive"})
    assert nothing.status_code == 422 and "Scan or type what came first." in texts(nothing)
    letters = store.post(where, {"do": "receive", f"good-{cup}": "two"})
    assert "A whole number of units for each line; 0 for none." in texts(letters)
    store.post(where, form | {"do": "receive"})
    assert purchasing.order_of(house.brand.id, order.id).lines[0].received == 2
    purchasing.close_order(house.brand.id, order.id, by="hq")
    assert "nothing can be received" in texts(store.get(where))


@pytest.mark.requirement("S-150")
def test_levels_are_changed_in_their_list_beside_the_forecast_and_the_change_is_told(house: House) -> None:
    open_mill(house)
    head, cup = house.client(), house.items["CUP"].id
    assert "0 products have a level of their own · all stores" in texts(head.get("/purchasing/levels/"))
    page = head.get("/purchasing/levels/?store=NEAR")
    assert "16 in 4 days" in texts(page) and "error 0%, naive 0%" in texts(page)
    form = {"store": "NEAR", f"low-{cup}": "10", f"high-{cup}": "10"}
    wrong = head.post("/purchasing/levels/", form)
    assert wrong.status_code == 422 and "More than the level at which it is ordered." in texts(wrong)
    assert f'name="high-{cup}" type="text" value="10"' in wrong.content.decode()
    wrong = head.post("/purchasing/levels/", form | {f"high-{cup}": "many"})
    assert "A whole number of units." in texts(wrong) and purchasing.policies(house.brand.id) == {}
    page = head.post("/purchasing/levels/", form | {f"high-{cup}": "40"}, follow=True)
    assert "1 level is changed." in texts(page) and "CUP NEAR forecast → 10 / 40" in texts(page)
    page = head.post("/purchasing/levels/", {"store": "NEAR", f"low-{cup}": "", f"high-{cup}": ""}, follow=True)
    assert "10 / 40 → forecast" in texts(page) and purchasing.policies(house.brand.id) == {}


def test_a_store_sees_its_own_levels_and_changes_none(house: House) -> None:
    open_mill(house)
    store, cup = house.client(Role.STORE), house.items["CUP"].id
    page = store.get("/purchasing/levels/")
    assert "Uptown" in texts(page) and f'name="low-{cup}"' not in page.content.decode()
    assert store.get("/purchasing/levels/?store=FAR").status_code == 404
    refused = store.post("/purchasing/levels/", {"store": "NEAR", f"low-{cup}": "1", f"high-{cup}": "2"})
    assert refused.status_code == 403 and purchasing.policies(house.brand.id) == {}


@pytest.mark.requirement("S-149")
def test_order_product_stock_and_delivery_are_linked_by_their_keys_from_end_to_end(house: House) -> None:
    from datong.catalog import api as catalog
    from datong.channels.tests.test_work import task_at
    from datong.fulfilment import api as fulfilment
    from datong.fulfilment.types import FulfilmentKind
    from datong.orders import api as orders
    from datong.payments.types import PaymentMethod

    made = house.place()
    task = task_at(house, made)
    till = {"fulfilment": FulfilmentKind.TILL, "payment": PaymentMethod.TILL, "destination": None}
    sold = house.place(house.intent("till", completed=True, store_code="NEAR", **till))
    page = orders.order_page(house.brand.id, made.order_id)
    (line,) = page.lines
    assert line.item_id in catalog.items_by_id(house.brand.id, [line.item_id])  # order -> product
    (hold,) = inventory.holds_of(house.brand.id, made.order_id)  # order -> stock of that product
    assert {page.store_id, line.item_id} <= set(hold)
    (found,) = fulfilment.tasks_of(house.brand.id, [made.order_id])  # order -> delivery from that store
    assert (found.id, found.store_id) == (task.id, page.store_id)
    (moved,) = inventory.movements(house.brand.id, subject=sold.order_id)  # a sale -> its movement
    assert (moved.item_id, moved.units, moved.reason) == (line.item_id, -1, "sale")
    assert "broken" not in texts(house.client().get("/purchasing/demand/"))


@pytest.mark.requirement("S-151", "S-152")
def test_coverage_by_market_tier_is_shown_over_time(house: House) -> None:
    from dataclasses import replace

    from datong.brand.api import put_stores
    from datong.brand.types import StoreKind
    from datong.kernel.db import execute, in_brand

    put_stores(house.brand.id, [replace(house.near, tier=4, kind=StoreKind.PARTNER)])
    purchasing.keep_coverage(house.brand.id)
    with in_brand(house.brand.id):  # as it was counted a week ago
        execute("UPDATE purchasing_tierday SET day = day - 7")
    put_stores(house.brand.id, [replace(house.far, tier=4)])
    purchasing.keep_coverage(house.brand.id)
    kept = purchasing.coverage(house.brand.id, clock.now().date() - timedelta(days=30))
    assert [(t.stores, t.partners, t.supplied) for t in kept if t.tier == 4] == [(1, 1, 1), (2, 1, 2)]
    page = texts(house.client().get("/purchasing/demand/"))
    assert "Coverage by market tier" in page and "4 2 (1) 1 2 (1)" in page  # now, and when it was first looked at
