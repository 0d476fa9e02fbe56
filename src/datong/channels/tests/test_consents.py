"""Consents: written down on the customer's page, taken back on a page of the customer's own."""

from __future__ import annotations

import re
from uuid import UUID

from django.test import Client

from datong.access.types import Role
from datong.channels.tests.conftest import House
from datong.channels.tests.test_pages import texts
from datong.channels.tests.test_same_person import PHONE, bought, of
from datong.customers import api as customers
from datong.customers.types import Means, Purpose

YES = {"purpose": "marketing", "means": "email", "said": "given", "text_version": "2026-11"}


def agrees(house: House, who: UUID) -> bool:
    return who in customers.who_agrees(house.brand.id, [who], Purpose.MARKETING, Means.EMAIL)


def own_page(house: House, who: UUID) -> str:
    page = house.client(Role.AGENT).get(f"/customers/{who}/").content.decode()
    return str(re.findall(r'href="(/consent/[^"]+)"', page)[0])


def test_staff_write_down_a_yes_with_its_text_and_the_page_shows_the_proof(house: House) -> None:
    who = of(bought(house, PHONE))
    agent, url = house.client(Role.AGENT), f"/customers/{who}/consent/"
    assert "nothing yet" in texts(agent.get(f"/customers/{who}/"))
    without = texts(agent.post(url, {**YES, "text_version": ""}, follow=True))
    assert "1 to 60 printable characters" in without and not agrees(house, who)
    page = texts(agent.post(url, YES, follow=True))
    assert "Noted." in page and "news and offers · e-mail" in page and "2026-11" in page and "agreed" in page
    assert agrees(house, who)
    agent.post(url, {**YES, "said": "withdrawn"})
    assert not agrees(house, who)


def test_a_customer_takes_back_one_or_all_with_one_click_and_no_log_in(house: House) -> None:
    who = of(bought(house, PHONE))
    agent = house.client(Role.AGENT)
    for means in ("email", "sms"):
        agent.post(f"/customers/{who}/consent/", {**YES, "means": means})
    link, anybody = own_page(house, who), Client(enforce_csrf_checks=True)
    page = anybody.get(link)
    assert "news and offers · text message" in texts(page) and "Ann Lee" not in texts(page)
    one = re.findall(r'name="one" value="([^"]+)"', page.content.decode())[0]
    assert "text message" in texts(anybody.post(link, {"one": one}, follow=True)) and not agrees(house, who)
    agent.post(f"/customers/{who}/consent/", YES)
    assert anybody.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 302  # as mail programs do it, RFC 8058
    assert "agreed to nothing" in texts(anybody.get(link)) and not agrees(house, who)


def test_a_second_yes_confirms_what_was_asked_and_looking_changes_nothing(house: House) -> None:
    who = of(bought(house, PHONE))
    house.client(Role.AGENT).post(f"/customers/{who}/consent/", {**YES, "said": "asked"})
    link, anybody = own_page(house, who), Client()
    anybody.get(link)
    assert not agrees(house, who)
    anybody.post(link, {"do": "confirm"})
    assert agrees(house, who)


def test_a_link_that_was_changed_opens_nothing(house: House) -> None:
    link = own_page(house, of(bought(house, PHONE)))
    assert Client().get(link[:-3] + "x/").status_code == 404
    assert Client().post("/consent/abc/", {"do": "stop"}).status_code == 404
