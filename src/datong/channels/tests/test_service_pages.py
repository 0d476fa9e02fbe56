"""The queue of service: a case is written down, taken, answered, done; each sees what is theirs."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest

from datong.access.types import Role
from datong.brand import api as brands
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.types import FulfilmentKind
from datong.orders import api as orders
from datong.orders.types import Accepted, IntentLine
from datong.orders.types.returns import ReturnWay
from datong.payments.types import PaymentMethod
from datong.service import api as service
from datong.service.types import CaseFilter, CaseStepKind, NewCase, Team


def service_pages(house: House) -> dict[str, list[str]]:
    """A case with all there can be on it, and a team."""
    service.put_team(Team("club", "Regulars", ("member",), ("mia",)), brand=house.brand.id, by="mia")
    order = house.place()
    new = NewCase("late", "Where is my cup?", house.channels["web"], text="an hour late", said=True,
                  order_ids=(order.order_id,), store_id=house.near.id)  # fmt: skip
    case = service.open_case(new, brand=house.brand.id, by="mia").case
    service.add_step(case.id, CaseStepKind.ANSWER, "ten minutes", brand=house.brand.id, by="mia")
    return {"service-case": [f"/service/cases/{case.number}/"], "service": ["/service/", "/service/?state=all"]}


@pytest.mark.requirement("S-248", "S-252", "S-256")
def test_an_agent_writes_a_case_down_takes_it_answers_and_is_done(house: House) -> None:
    agent, order = house.client(Role.AGENT), house.place()
    assert "Nobody waits for an answer" in texts(agent.get("/service/"))
    form = {"reason": "late", "subject": "Where is my cup?", "order": order.number, "text": "an hour late", "key": "k"}
    wrong = agent.post("/service/new/", {**form, "subject": " "})
    assert wrong.status_code == 422 and "an hour late" in wrong.content.decode()
    for _twice in range(2):
        page = agent.post("/service/new/", form, follow=True)
    address = page.redirect_chain[-1][0]
    assert "The customer said" in texts(agent.post(address, {"do": "said", "text": "still waiting", "key": "a"},
                                                    follow=True))  # fmt: skip
    assert "The case is yours." in texts(agent.post(address, {"do": "take"}, follow=True))
    agent.post(address, {"do": "answer", "text": "two minutes", "key": "b"})
    bare = agent.post(address, {"do": "done", "why": "it came", "outcome": ""})
    assert bare.status_code == 422 and 'value="it came"' in bare.content.decode()
    assert "Done." in texts(agent.post(address, {"do": "done", "why": "it came", "outcome": "solved"}, follow=True))
    (one,) = service.list_cases(house.brand.id, CaseFilter(live=False)).cases
    assert (one.state, one.outcome, one.agent) == ("done", "solved", f"agent@{house.brand.slug}")
    assert one.answered_at is not None and "Where is my cup?" in texts(agent.get("/service/?state=done"))


@pytest.mark.requirement("S-253")
def test_a_store_sees_its_own_cases_and_no_other(house: House) -> None:
    near, far = (
        service.open_case(NewCase("late", f"at {s.code}", store_id=s.id), brand=house.brand.id, by="mia").case
        for s in (house.near, house.far)
    )
    manager = house.client(Role.MANAGER)
    page = texts(manager.get("/service/"))
    assert ("at NEAR" in page, "at FAR" in page) == (True, False)
    assert manager.get(f"/service/cases/{near.number}/").status_code == 200
    assert manager.get(f"/service/cases/{far.number}/").status_code == 404
    assert "at FAR" not in b"".join(manager.get("/service/export.csv")).decode()


def test_reasons_and_teams_are_changed_by_head_office_and_keep_what_was_typed(house: House) -> None:
    head = house.client(Role.HQ)
    late = {"do": "reason", "code": "late", "minutes": "soon", "phase": "during", "name": "Too late", "active": "1"}
    wrong = head.post("/service/setup/", late)
    assert wrong.status_code == 422 and re.search(r'id="reason-minutes"[^>]*value="soon"', wrong.content.decode())
    head.post("/service/setup/", {**late, "minutes": "15"})
    assert service.reasons(house.brand.id)["late"].minutes == 15
    head.post("/service/setup/", {"do": "team", "code": "vip", "name": "VIP", "types": "gold, member", "agents": "a b"})
    assert service.teams(house.brand.id) == [Team("vip", "VIP", ("gold", "member"), ("a", "b"))]
    assert house.client(Role.AGENT).post("/service/setup/", late).status_code == 403


def sold_here(house: House) -> Accepted:
    basis: dict[str, Any] = {
        "fulfilment": FulfilmentKind.TILL,
        "payment": PaymentMethod.TILL,
        "completed": True,
        "destination": None,
    }
    return house.place(house.intent("till", store_code="NEAR", lines=(IntentLine(1, "CUP", 2),), **basis))


def returns_pages(house: House) -> dict[str, list[str]]:
    """One return that is received, one that waits for the goods, one that waits for a word."""
    sold, other = sold_here(house), sold_here(house)

    def ask(order: Accepted, reason: str, *, approved: bool = True) -> UUID:
        return orders.ask_return(order.order_id, units={1: 1}, reason=reason, key=reason, brand=house.brand.id,
                                 who="mia", how=ReturnWay.PARCEL, approved=approved).id  # fmt: skip

    small = ask(sold, "too small")
    orders.receive_return(small, store_id=house.far.id, shelf={}, brand=house.brand.id, who="mia")
    ask(sold, "broken", approved=False)
    ask(other, "late")
    return {"order-returns": [f"/returns/{sold.number}/", f"/returns/{other.number}/"], "returns": ["/returns/"]}


@pytest.mark.requirement("S-252")
def test_another_store_takes_goods_back_and_the_money_goes_back_by_the_order(house: House) -> None:
    sold, manager = sold_here(house), house.client(Role.MANAGER)
    found = manager.get(f"/returns/?order={sold.number.lower()}", follow=True)
    assert found.redirect_chain[-1][0] == f"/returns/{sold.number}/"
    assert manager.get("/returns/?order=nothing").status_code == 404
    ask = {"do": "ask", "units-1": "1", "how": "store", "reason": " ", "key": "k"}
    wrong = manager.post(f"/returns/{sold.number}/", ask)
    assert wrong.status_code == 422 and 'value="1"' in wrong.content.decode()
    for _twice in range(2):
        manager.post(f"/returns/{sold.number}/", {**ask, "reason": "too small"})
    (made,) = orders.returns_of(house.brand.id, [sold.order_id])
    take = {"do": "receive", "return": str(made.id), "shelf-1": "1", "refund": "1"}
    assert manager.post(f"/returns/{sold.number}/", {**take, "store": str(house.far.id)}).status_code == 422
    page = texts(manager.post(f"/returns/{sold.number}/", {**take, "store": str(house.near.id)}, follow=True))
    assert "The money is to be given back" in page and "on the shelf 1, written off 0" in page
    (made,) = orders.returns_of(house.brand.id, [sold.order_id])
    assert (made.back_minor, made.store_id, made.state) == (1200, house.near.id, "received")


@pytest.mark.requirement("S-254", "S-253")
def test_a_partner_asks_the_brand_and_sees_the_answer(house: House) -> None:
    company = brands.put_company(house.brand.id, "Lakes Ltd", by="test")
    brands.set_company_stores(house.brand.id, company.id, [house.near.id], by="test")
    manager, head = house.client(Role.MANAGER), house.client(Role.HQ)
    form = {"reason": "partner", "subject": "Our till has no prices", "key": "k"}
    address = manager.post("/service/new/", form, follow=True).redirect_chain[-1][0]
    assert "Our till has no prices" in texts(head.get("/service/?partners=1"))
    head.post(address, {"do": "answer", "text": "it has them now", "key": "a"})
    assert "it has them now" in texts(manager.get(address))
    (one,) = service.list_cases(house.brand.id, CaseFilter(partners=True)).cases
    assert (one.company_id, one.store_id) == (company.id, house.near.id)


@pytest.mark.requirement("S-97")
def test_the_customers_page_shows_what_they_turned_to_us_with(house: House) -> None:
    identity = Identity(IdentityKind.PHONE, "+16125550100", verified=True)
    placed = house.place(house.intent(identities=(identity,)))
    person = orders.order_page(house.brand.id, placed.order_id).customer_id
    new = NewCase("late", "Where is my cup?", customer_id=person, order_ids=(placed.order_id,))
    case = service.open_case(new, brand=house.brand.id, by="mia").case
    page = texts(house.client(Role.AGENT).get(f"/customers/{person}/"))
    assert "Where is my cup?" in page and case.number in page
    assert case.number not in texts(house.client(Role.MERCHANDISER).get(f"/customers/{person}/"))
