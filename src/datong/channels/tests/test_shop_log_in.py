"""A customer logs in at the shop: code or link, their cart with them, nothing said about who is known."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from datong.channels.shop.door import BASKET_COOKIE, SESSION_COOKIE
from datong.channels.tests.conftest import House
from datong.channels.tests.every_shop import open_shop
from datong.customers.ports import register_text_sender
from datong.orders import api as orders
from datong.orders.api import BoardFilter


@pytest.fixture
def shop(house: House, settings: pytest.FixtureRequest) -> str:
    settings.DATONG_SMTP = urlsplit("smtp://127.0.0.1")  # type: ignore[attr-defined]
    return open_shop(house)


def ask(client: Client, shop: str, to: str = "ann@example.com") -> tuple[str, str, str]:
    """(token of the page, code, link) of a code that was sent."""
    page = client.post(f"{shop}login/", {"to": to})
    assert page.status_code == 200
    (token,) = re.findall(r'name="token" value="([^"]+)"', page.content.decode())
    body = str(mail.outbox[-1].body)
    (link,) = re.findall(r"http://testserver(\S+)", body)
    return token, re.findall(r"\b\d{6}\b", body)[0], link


def log_in(client: Client, shop: str) -> None:
    token, code, _ = ask(client, shop)
    assert client.post(f"{shop}login/code/", {"token": token, "code": code}).status_code == 302


@pytest.mark.requirement("S-10", "S-20", "S-92")
def test_what_was_put_in_on_the_phone_is_there_on_the_computer(shop: str, house: House) -> None:
    phone, computer = Client(), Client()
    log_in(phone, shop)
    phone.post(f"{shop}basket/add/CUP/", {"units": "2"})
    computer.post(f"{shop}basket/add/POT/", {"units": "1"})
    log_in(computer, shop)
    assert not computer.cookies[BASKET_COOKIE].value and computer.cookies[SESSION_COOKIE]["httponly"]
    for client in (phone, computer):
        page = client.get(f"{shop}basket/").content.decode()
        assert "Cup" in page and "Teapot" in page


@pytest.mark.requirement("S-14", "S-171")
def test_an_order_of_who_is_logged_in_is_theirs_at_every_door(shop: str, house: House) -> None:
    client = Client()
    log_in(client, shop)
    client.post(f"{shop}basket/add/CUP/", {"units": "1"})
    page = client.get(f"{shop}checkout/").content.decode()
    assert 'value="ann@example.com"' in page, "what we know need not be typed"
    fields = dict(re.findall(r'type="hidden" name="(version|total)" value="(\d+)"', page))
    typed = {"how": "pickup", "store": house.near.code, "name": "Ann", "phone": "+16125550100", "order": "1"}
    placed = client.post(f"{shop}checkout/", typed | fields)
    assert placed.status_code == 302, placed.content.decode()
    (row,) = orders.board(house.brand.id, BoardFilter()).rows
    assert row.customer_id is not None
    mine = client.get(f"{shop}me/").content.decode()
    assert row.number in mine and "$12.00" in mine
    client.post(f"{shop}logout/")
    assert client.get(f"{shop}me/").headers["Location"] == f"{shop}login/"


def test_the_link_logs_in_by_its_button_once_and_the_session_is_a_new_one(shop: str) -> None:
    client = Client()
    _, _, link = ask(client, shop)
    assert client.get(link).status_code == 200 and SESSION_COOKIE not in client.cookies, "mail programs open links"
    assert client.post(link).status_code == 302
    first = client.cookies[SESSION_COOKIE].value
    assert client.post(link).status_code == 422
    log_in(client, shop)
    assert client.cookies[SESSION_COOKIE].value != first
    old = Client()
    old.cookies[SESSION_COOKIE] = first
    assert old.get(f"{shop}me/").headers["Location"] == f"{shop}login/"


def test_the_answer_is_the_same_for_who_is_known_and_who_is_not(shop: str) -> None:
    client = Client()
    log_in(client, shop)

    def said(to: str) -> str:
        page = Client().post(f"{shop}login/", {"to": to}).content.decode()
        return re.sub(r'value="[^"]*"', "", page).replace(to, "TO")

    assert said("ann@example.com") == said("bob@example.com")


def test_nobody_is_offered_what_this_installation_cannot_send(shop: str, settings: pytest.FixtureRequest) -> None:
    assert Client().post(f"{shop}login/", {"to": "+16125550100"}).status_code == 422

    class Sent(list[str]):
        def send(self, to: str, text: str) -> None:
            self.append(f"{to} {text}")

    sent = Sent()
    register_text_sender(sent)
    try:
        assert Client().post(f"{shop}login/", {"to": "612 555 0100"}).status_code == 200
    finally:
        register_text_sender(None)
    assert sent[0].startswith("+16125550100 ") and re.search(r"\b\d{6}\b", sent[0])
    settings.DATONG_SMTP = None  # type: ignore[attr-defined]
    assert Client().get(f"{shop}login/").status_code == 404
    assert "Log in" not in Client().get(shop).content.decode()
