"""What customers are, whom they belong with, who looks after them: on their page, and the managers' lists."""

from __future__ import annotations

import pytest

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_customers import bought, bought_by
from datong.channels.tests.test_pages import texts
from datong.customers import api as customers
from datong.customers.types import BondKind, CustomerKind, Means
from datong.insight import api as insight


@pytest.mark.requirement("S-100", "S-103", "S-104", "S-105", "S-111")
def test_a_company_its_contact_and_their_manager(house: House) -> None:
    ann = bought(house).customer_id
    firm = bought_by(house, "FIRM-1")
    assert ann
    agent = house.client(Role.AGENT)
    me = f"agent@{house.brand.slug}"
    company = {"do": "details", "kind": "organisation", "legal_name": "Plum Trading", "preferred": "email"}
    assert "Noted." in texts(agent.post(f"/customers/{firm}/put/", company, follow=True))
    assert customers.details_of(house.brand.id, firm).kind is CustomerKind.ORGANISATION
    bind = {"do": "bind", "kind": "contact", "other": "FIRM-1", "role": "buyer"}
    page = texts(agent.post(f"/customers/{ann}/put/", bind, follow=True))
    assert "contact at" in page and "buyer" in page
    assert "their contact Ann Lee" in texts(agent.get(f"/customers/{firm}/"))
    nobody = texts(agent.post(f"/customers/{ann}/put/", {**bind, "other": "zzz"}, follow=True))
    assert "that only one customer has" in nobody
    agent.post(f"/customers/{ann}/put/", {"do": "keep", "manager": me})
    todo = {"kind": "follow_up", "text": "send the list", "due": "2020-01-01", "doer": me}
    agent.post(f"/customers/{ann}/act/", todo)
    mine = texts(agent.get("/customers/mine/"))
    assert "1 customer to look after · 1 thing to do by today" in mine and "Ann Lee" in mine and "send the list" in mine
    sheet = texts(house.client(Role.HQ).get("/customers/mine/"))
    assert f"{me} 1 0 1 1" in sheet
    seen = texts(house.client(Role.AUDITOR).get(f"/customers/mine/?of={me}"))
    assert "A***" in seen and "Ann Lee" not in seen and "send the list" not in seen
    (bond,) = customers.bonds_of(house.brand.id, ann)
    assert bond.kind is BondKind.CONTACT
    agent.post(f"/customers/{ann}/put/", {"do": "unbind", "bond": str(bond.id)})
    assert customers.bonds_of(house.brand.id, ann) == []


def test_what_is_not_offered_is_refused_and_who_does_not_serve_them_changes_nothing(house: House) -> None:
    ann = bought(house).customer_id
    assert ann
    agent, url = house.client(Role.AGENT), f"/customers/{ann}/put/"
    for wrong in ({"do": "keep", "manager": "stranger"}, {"do": "x"}, {"do": "details", "kind": "robot"}):
        assert "Please choose from what is offered." in texts(agent.post(url, wrong, follow=True))
    assert house.client(Role.AUDITOR).post(url, {"do": "details", "kind": "person"}).status_code == 403
    agent.post(url, {"do": "details", "kind": "person", "preferred": "sms", "birthday": "1990-05-01"})
    assert customers.details_of(house.brand.id, ann).preferred is Means.SMS


@pytest.mark.requirement("S-99", "S-102", "S-106", "S-107")
def test_worth_is_told_with_its_reasons_and_the_segments_open_their_customers(house: House) -> None:
    order = bought(house)
    agent, url = house.client(Role.AGENT), f"/customers/{order.customer_id}/"
    assert "Nobody was counted yet" in texts(agent.get("/customers/value/"))
    assert "What they are worth" not in texts(agent.get(url))
    insight.value_customers(brand=house.brand.id)
    page = texts(agent.get(url))
    assert "What they are worth" in page and "identified" in page and "Next: win the second order." in page
    assert "bought on 1 day, the last 0 days ago" in page
    worth = insight.value_of(house.brand.id, order.customer_id)  # type: ignore[arg-type]
    assert worth
    value = texts(agent.get(f"/customers/value/?segment={worth.segment}"))
    assert "1 customer who bought" in value and "Ann Lee" in value
    assert "A***" in texts(house.client(Role.AUDITOR).get(f"/customers/value/?segment={worth.segment}"))
    assert "Only for those who see the whole brand." in texts(house.client(Role.MANAGER).get("/customers/value/"))
