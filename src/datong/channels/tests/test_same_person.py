"""The same person? Compared side by side, said so, and taken apart again; the orders follow."""

from __future__ import annotations

from uuid import UUID

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.customers import api as customers
from datong.customers.types import Identity, IdentityKind
from datong.orders import api as orders

PHONE = Identity(IdentityKind.PHONE, "+16125550100", verified=True)
CARD = Identity(IdentityKind.CARD, "M-7", verified=True)


def bought(house: House, *signs: Identity) -> orders.OrderView:
    return orders.order_page(house.brand.id, house.place(house.intent("web", identities=signs)).order_id)


def of(order: orders.OrderView) -> UUID:
    assert order.customer_id is not None
    return order.customer_id


@pytest.mark.requirement("S-98", "S-92")
def test_two_customers_who_showed_one_sign_together_are_compared_made_one_and_taken_apart(house: House) -> None:
    by_phone, by_card = bought(house, PHONE), bought(house, CARD)
    agent = house.client(Role.AGENT)
    assert "Nobody waits to be told apart" in texts(agent.get("/customers/same/"))
    bought(house, PHONE, CARD)
    assert "1 pair of customers may be one person." in texts(agent.get("/customers/"))
    queue = texts(agent.get("/customers/same/"))
    assert "Known longer" in queue and "member card M-7" in queue
    url = f"/customers/same/{of(by_phone)}/{of(by_card)}/"
    assert "+16125550100" in (page := texts(agent.get(url))) and "M-7" in page
    missing = agent.post(url, {"do": "merge", "reason": " "})
    assert (missing.status_code, "1 to 500 printable characters" in texts(missing)) == (422, True)
    assert "One customer from now on" in texts(agent.post(url, {"do": "merge", "reason": "his card"}, follow=True))
    one = texts(agent.get(f"/customers/{of(by_card)}/", follow=True))
    assert by_phone.number in one and by_card.number in one and "3 orders" in one and "his card" in one
    assert "Two customers again" in texts(agent.post(url, {"reason": "of his mother"}, follow=True))
    two = texts(agent.get(f"/customers/{of(by_card)}/"))
    assert by_card.number in two and by_phone.number not in two and "of his mother" in two


def test_two_people_are_noted_as_two_and_not_proposed_again(house: House) -> None:
    a, b = of(bought(house, PHONE)), of(bought(house, CARD))
    bought(house, PHONE, CARD)
    agent = house.client(Role.AGENT)
    assert "Noted: two people." in texts(
        agent.post(f"/customers/same/{a}/{b}/", {"do": "refuse", "reason": "mother and son"}, follow=True)
    )
    bought(house, PHONE, CARD)
    assert customers.merge_proposals(house.brand.id) == []


def test_any_two_can_be_compared_from_a_customers_page(house: House) -> None:
    a, b = of(bought(house, PHONE)), of(bought(house, CARD))
    agent = house.client(Role.AGENT)
    assert f"/customers/same/?with={a}" in agent.get(f"/customers/{a}/").content.decode()
    found = agent.get("/customers/same/", {"with": str(a), "q": "M-7"}).content.decode()
    assert f"/customers/same/{a}/{b}/" in found


def test_only_who_may_merge_opens_the_pages(house: House) -> None:
    a, b = of(bought(house, PHONE)), of(bought(house, CARD))
    for url in ("/customers/same/", f"/customers/same/{a}/{b}/"):
        assert house.client(Role.MANAGER).get(url).status_code == 403
    assert house.client(Role.AGENT).post(f"/customers/same/{a}/{b}/", {"do": "?"}).status_code == 404
