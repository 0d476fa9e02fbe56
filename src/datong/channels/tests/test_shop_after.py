"""After the sale on the page of the order: a return asked for, a case opened, and what became of them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from datong.channels.shop.door import Shopper, shop_of
from datong.channels.shop.status import status_url
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.channels.tests.test_pages import texts
from datong.channels.tests.test_service_pages import sold_here
from datong.orders import api as orders
from datong.orders.types import Accepted
from datong.service import api as service
from datong.service.types import CaseFilter, CaseState, CaseStepKind, Outcome


def page_of(house: House, order: Accepted) -> str:
    open_shop(house)
    return status_url(Shopper(*shop_of(house.brand.slug)), order.order_id)


@pytest.mark.requirement("S-252", "S-253")
def test_a_customer_asks_for_a_return_once_and_sees_how_it_stands(house: House) -> None:
    order, browser = sold_here(house), Client()
    page = page_of(house, order)
    ask: dict[str, Any] = {"do": "return", "units-1": "1", "how": "parcel", "text": "too small", "key": "k"}
    none = browser.post(f"{page}after/", {**ask, "units-1": ""})
    assert none.status_code == 422 and 'value="too small"' in none.content.decode()
    assert "at most as many as you have" in texts(browser.post(f"{page}after/", {**ask, "units-1": "9", "key": "x"}))
    for _twice in range(2):
        assert "asked for" in texts(browser.post(f"{page}after/", ask, follow=True))
    (made,) = orders.returns_of(house.brand.id, [order.order_id])
    assert (made.state, made.how, made.asked_by) == ("requested", "parcel", "customer")
    orders.decide_return(made.id, approve=False, brand=house.brand.id, who="mia", why="it was worn")
    told = texts(browser.get(page))
    assert "it was worn" in told and "mia" not in told
    again = texts(browser.post(f"{page}after/", {**ask, "key": "k2"}, follow=True))
    assert "I keep it after all" in again
    second = orders.returns_of(house.brand.id, [order.order_id])[1]
    assert "taken back" in texts(browser.post(f"{page}after/", {"do": "keep", "return": str(second.id)}, follow=True))


@pytest.mark.requirement("S-253")
def test_what_a_customer_writes_is_a_case_and_the_answer_stands_there(house: House) -> None:
    order, browser = house.place(), Client()
    page = page_of(house, order)
    form = {"do": "case", "reason": "missing_item", "text": "no lid", "key": "k"}
    assert "A few words" in texts(browser.post(f"{page}after/", {**form, "text": " "}))
    for _twice in range(2):
        browser.post(f"{page}after/", form)
    (case,) = service.list_cases(house.brand.id, CaseFilter()).cases
    fixed = {"brand": house.brand.id, "by": "mia"}
    service.add_step(case.id, CaseStepKind.NOTE, "store forgot it", **fixed)
    service.add_step(case.id, CaseStepKind.ANSWER, "a lid is on its way", **fixed)
    told = texts(browser.get(page))
    assert "a lid is on its way" in told and "no lid" in told and "store forgot it" not in told and "mia" not in told
    service.set_state(case.id, CaseState.DONE, why="sent", outcome=Outcome.SOLVED, **fixed)
    assert "Something is missing · done" in texts(browser.get(page))
    browser.post(f"{page}after/", {"do": "case", "reason": "late", "text": "still no lid", "key": "k3"})
    assert service.list_cases(house.brand.id, CaseFilter()).cases[0].subject == "still no lid"
