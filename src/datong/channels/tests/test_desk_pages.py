"""The service desk: a caller is found, sees the same as at any door, and is helped within what the agent may do."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from datong.access.types import Role
from datong.brand.api import register_channel
from datong.brand.types import Channel, ChannelKind
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.channels.tests.test_pages import texts
from datong.customers.types import Identity, IdentityKind
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.orders import api as orders
from datong.orders.api import BoardFilter, OrderView
from datong.payments.api import refunds_of
from datong.payments.types import PaymentMethod
from datong.service import api as service
from datong.service.types import NewCase

ANN = Identity(IdentityKind.PHONE, "+16125550100", verified=True)


def open_desk(house: House) -> UUID:
    made = Channel(uuid7(), "desk", "Call centre", ChannelKind.SERVICE_CENTRE, role="serves callers")
    register_channel(house.brand.id, made)
    return made.id


def ann(house: House, **fields: Any) -> OrderView:
    return orders.order_page(house.brand.id, house.place(house.intent(identities=(ANN,), **fields)).order_id)


def desk_pages(house: House) -> dict[str, list[str]]:
    open_desk(house)
    order = ann(house)
    new = NewCase("late", "Where is it?", customer_id=order.customer_id, order_ids=(order.id,))
    service.open_case(new, brand=house.brand.id, by="mia")
    assert order.customer_id
    basket = orders.basket_for(order.customer_id, brand=house.brand.id)
    orders.put_in_basket(basket.id, "CUP", 1, brand=house.brand.id, seen_minor=1200)
    one = f"/desk/?c={order.customer_id}&o={order.number}"
    return {"desk": ["/desk/", one, "/desk/?q=0100", "/desk/?phone=%2B15005550006"],
            "desk-new": [f"/desk/new/?c={order.customer_id}&q=cup"]}  # fmt: skip


def act(agent: Client, order: OrderView, **form: str) -> str:
    page = agent.post(f"/desk/orders/{order.number}/act/", {"reason": "late", "key": uuid7().hex, **form}, follow=True)
    return texts(page)


@pytest.mark.requirement("S-250", "S-248", "S-10")
def test_a_caller_is_found_by_phone_last_digits_name_and_number_with_orders_of_every_channel(house: House) -> None:
    order, other = ann(house), ann(house, channel="market")
    agent = house.client(Role.AGENT)
    for query in ("q=0100", "phone=%2B1+%28612%29+555-0100", "q=Ann+Lee", f"o={order.number}", f"q={order.number}"):
        page = texts(agent.get(f"/desk/?{query}"))
        assert order.number in page and other.number in page and "The market" in page, query
    unknown = agent.get("/desk/?phone=6125550199").content.decode()
    assert "New caller" in unknown and 'href="/desk/new/?phone=%2B16125550199"' in unknown
    assert house.client(Role.CASHIER).get("/desk/").status_code == 403


@pytest.mark.requirement("S-250", "S-252")
def test_each_act_has_a_reason_and_stands_on_the_open_case(house: House) -> None:
    agent, order = house.client(Role.AGENT), ann(house, payment=PaymentMethod.PREPAID, paid=True)
    open_desk(house)
    new = NewCase("late", "Where is it?", customer_id=order.customer_id, order_ids=(order.id,))
    case = service.open_case(new, brand=house.brand.id, by="mia").case
    assert "a reason from the list" in act(agent, order, do="cancel", reason="")
    soon = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert "Changed." in act(agent, order, do="move", at=soon, why="in the evening")
    assert "an address that is found" in act(agent, order, do="move", line="Nowhere 1", city="Atlantis")
    assert "The money is to be given back" in act(agent, order, do="refund", amount="2.00")
    assert "Given." in act(agent, order, do="give", give="stored_value", amount="3.00")
    assert "Sent again, for nothing" in act(agent, order, do="again", **{"units-1": "1"})
    assert "above your limit" in act(agent, order, do="give", give="stored_value", amount="199.00")
    assert "Cancelled." in act(agent, order, do="cancel", why="changed her mind")
    steps = [step.text for step in service.get_case(house.brand.id, case.id).steps if step.kind == "action"]
    assert len(steps) == 6 and steps[-1].endswith("Late: changed her mind")
    assert [refund.amount_minor for refund in refunds_of(house.brand.id, [order.id])] == [200, 1000]
    assert service.get_case(house.brand.id, case.id).case.given_minor == 300 + 1200


@pytest.mark.requirement("S-250", "S-14")
def test_an_order_for_a_caller_is_taken_once_at_the_price_of_every_door(house: House) -> None:
    channel, agent = open_desk(house), house.client(Role.AGENT)
    assert "CUP" in texts(agent.get("/desk/new/?phone=6125550199&q=cup"))
    agent.post("/desk/new/?phone=6125550199", {"do": "add", "sku": "CUP"})
    page = agent.get("/desk/new/?phone=6125550199").content.decode()
    held = {name: re.findall(rf'name="{name}" value="(\d+)"', page)[0] for name in ("version", "total")}
    form = {**held, "do": "order", "how": "pickup", "store": house.near.code, "name": "Bo", "phone": "6125550199"}
    wrong = agent.post("/desk/new/?phone=6125550199", {**form, "name": ""})
    assert wrong.status_code == 422 and "6125550199" in wrong.content.decode()
    assert "changed meanwhile" in texts(agent.post("/desk/new/?phone=6125550199", {**form, "total": "1"}))
    taken = agent.post("/desk/new/?phone=6125550199", form, follow=True)
    assert "The order is taken." in texts(taken)
    (row,) = orders.board(house.brand.id, BoardFilter(channel_id=channel)).rows
    assert (row.total_minor, row.payment, row.store_id) == (1200, "pay_at_store", house.near.id)
    assert row.number in texts(agent.get("/desk/?phone=6125550199"))


def test_without_a_channel_of_its_own_the_desk_says_what_to_open(house: House) -> None:
    page = house.client(Role.AGENT).get("/desk/new/")
    assert page.status_code == 409 and "Open a channel" in page.content.decode()


@pytest.mark.requirement("S-14", "S-10")
def test_the_caller_s_cart_is_the_one_they_filled_in_the_shop(house: House) -> None:
    open_shop(house), open_desk(house)
    order, agent = ann(house), house.client(Role.AGENT)
    assert order.customer_id
    basket = orders.basket_for(order.customer_id, brand=house.brand.id)
    orders.put_in_basket(basket.id, "CUP", 2, brand=house.brand.id, seen_minor=1200)
    page = agent.get(f"/desk/new/?c={order.customer_id}").content.decode()
    assert 'value="2"' in page and "24.00" in page and "Ann Lee" in page
    assert "customer’s page" in texts(agent.get(f"/desk/?o={order.number}"))
    agent.post(f"/desk/customers/{order.customer_id}/note/", {"text": "calls back at five"})
    assert "calls back at five" in texts(agent.get(f"/desk/?c={order.customer_id}"))
