"""Customers at work: one page for who they are, what they bought, and what is to be done for them."""

from __future__ import annotations

import re
from datetime import date
from uuid import UUID

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind, Step, StepKind, TouchKind
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import count_statements
from datong.kernel.ids import uuid7
from datong.orders import api as orders

ANN = (Identity(IdentityKind.PHONE, "+16125550100", verified=True),)


def bought(house: House, channel: str = "web", **fields: object) -> orders.OrderView:
    return orders.order_page(house.brand.id, house.place(house.intent(channel, identities=ANN, **fields)).order_id)


@pytest.mark.requirement("S-97")
def test_staff_see_what_a_customer_bought_at_every_door_and_act_on_it_on_the_same_page(house: House) -> None:
    first, second = bought(house), bought(house, "market")
    assert first.customer_id == second.customer_id is not None
    agent, url = house.client(Role.AGENT), f"/customers/{first.customer_id}/"
    page = texts(agent.get(url))
    assert "Ann Lee" in page and "+16125550100" in page and "2 orders · through 2 doors" in page
    assert first.number in page and second.number in page
    for form in (
        {"kind": "contact", "text": "asked for gift wrap", "due": "2020-01-01"},
        {"kind": "offer", "text": "10 % on the next cup"},
        {"kind": "follow_up", "text": "call back about the wrap", "due": "2020-01-01"},
    ):
        assert "Noted." in texts(agent.post(f"{url}act/", form, follow=True))
    page = texts(agent.get(url))
    assert all(words in page for words in ("asked for gift wrap", "10 % on the next cup", "call back about the wrap"))
    assert "To do by today Ann Lee call back about the wrap" in texts(agent.get("/customers/"))
    (todo,) = customers.due_touches(house.brand.id, date(2026, 1, 1))
    assert (todo.kind, todo.by) == (TouchKind.FOLLOW_UP, f"agent@{house.brand.slug}")
    agent.post(f"{url}act/", {"done": str(todo.id)})
    assert customers.due_touches(house.brand.id, date(2026, 1, 1)) == []
    assert "To do by today" not in texts(agent.get("/customers/"))


def test_a_to_do_without_a_day_says_so_and_nothing_is_written(house: House) -> None:
    order = bought(house)
    url = f"/customers/{order.customer_id}/act/"
    said = texts(house.client(Role.AGENT).post(url, {"kind": "follow_up", "text": "call"}, follow=True))
    assert "a day for what is to be done" in said
    assert customers.touches_of(house.brand.id, order.customer_id) == []  # type: ignore[arg-type]


@pytest.mark.requirement("S-97", "S-31")
def test_who_does_not_serve_a_customer_sees_no_contact_and_another_store_no_customer(house: House) -> None:
    pickup = {"fulfilment": FulfilmentKind.PICKUP, "store_code": house.far.code, "destination": None}
    order = bought(house, **pickup)
    url = f"/customers/{order.customer_id}/"
    auditor = house.client(Role.AUDITOR)
    page = texts(auditor.get(url))
    assert "+16125550100" not in page and "Ann Lee" not in page and "masked" in page
    assert auditor.post(f"{url}act/", {"kind": "contact", "text": "x"}).status_code == 403
    manager = house.client(Role.MANAGER)  # of the near store, where she never bought
    assert manager.get(url).status_code == 404
    assert manager.post(f"{url}act/", {"kind": "contact", "text": "x"}).status_code == 404
    assert "Ann" not in texts(manager.get("/customers/"))
    assert customers.touches_of(house.brand.id, order.customer_id) == []  # type: ignore[arg-type]


@pytest.mark.requirement("S-88", "S-91", "S-95", "S-96")
def test_the_page_tells_orders_by_door_a_page_at_a_time_and_the_way_so_far(house: House) -> None:
    order = bought(house)
    for n in range(24):
        bought(house, "market" if n % 2 else "web")
    assert order.customer_id
    step = Step(uuid7(), order.customer_id, StepKind.SHARED, house.channels["web"], clock.now(), "the cup")
    customers.record_steps([step], brand=house.brand.id)
    agent, url = house.client(Role.AGENT), f"/customers/{order.customer_id}/"
    page = texts(agent.get(url))
    assert "25 orders · through 2 doors" in page
    assert "The web 13" in page and "The market 12" in page and "All doors 25" in page
    assert "bought 24 times more" in page and "shared : the cup" in page.replace("shared:", "shared :")
    assert order.number not in page
    answer = agent.get(url)
    older = re.search(r'href="([^"]*before=[^"]*)"', answer.content.decode())
    assert older and order.number in texts(agent.get(older[1].replace("&amp;", "&")))
    market = texts(agent.get(f"{url}?channel=market"))
    assert order.number not in market and "The market 12" in market


def test_the_page_costs_the_same_statements_whatever_was_bought_and_however_many_records(house: House) -> None:
    first = bought(house)
    agent, url = house.client(Role.AGENT), f"/customers/{first.customer_id}/"
    agent.get(url)
    with count_statements() as one:
        agent.get(url)
    cards = [bought_by(house, f"M-{n}") for n in range(5)]
    for card in cards:
        customers.merge(first.customer_id, card, brand=house.brand.id, by="eva", reason="one")  # type: ignore[arg-type]
    with count_statements() as many:
        assert "6 orders" in texts(agent.get(url))
    assert len(many) == len(one)


def bought_by(house: House, card: str) -> UUID:
    signs = (Identity(IdentityKind.CARD, card, verified=True),)
    found = orders.order_page(house.brand.id, house.place(house.intent(identities=signs)).order_id).customer_id
    assert found
    return found
