"""Whom a try to log in is counted for, with proxies in front and without."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from datong.access import api as access
from datong.access.types import Role
from datong.channels.console.who import came_from
from datong.channels.tests.conftest import PASSWORD, House

PROXY = "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "https", "forwarded", "address"),
    [
        (0, False, None, PROXY),
        (0, False, "203.0.113.9", PROXY),  # nobody of ours wrote that
        (0, True, "203.0.113.9", ""),
        (1, True, "203.0.113.9", "203.0.113.9"),
        (1, True, "198.51.100.1, 198.51.100.2,203.0.113.9", "203.0.113.9"),
        (2, True, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, True, "203.0.113.9:51023", "203.0.113.9"),
        (1, True, "2001:DB8::9", "2001:db8::9"),
        (1, True, "[2001:db8::9]:443", "2001:db8::9"),
        (2, True, "203.0.113.9", ""),  # one proxy was passed by
        (1, True, None, ""),
        (1, True, "203.0.113.9, unknown", ""),
        (1, True, "203.0.113.9,", ""),
    ],
)
def test_the_address_is_the_one_that_the_outermost_proxy_of_ours_heard(
    settings: Any, proxies: int, https: bool, forwarded: str | None, address: str
) -> None:
    settings.PROXIES, settings.HTTPS = proxies, https
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    assert came_from(RequestFactory().get("/", REMOTE_ADDR=PROXY, headers=headers)).address == address


def guess(n: int, forwarded: str) -> int:
    """The answer to a wrong password of the n-th name."""
    browser = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded})
    return browser.post("/login/", {"username": f"nobody{n}", "password": "wrong"}).status_code


def log_in(house: House, forwarded: str) -> int:
    browser = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded})
    return browser.post("/login/", {"username": f"hq@{house.brand.slug}", "password": PASSWORD}).status_code


@pytest.mark.parametrize("proxies", [0, 1])
def test_one_guesser_behind_the_proxy_does_not_lock_everybody_out(house: House, settings: Any, proxies: int) -> None:
    settings.PROXIES, settings.HTTPS = proxies, True
    access.set_password(house.users[Role.HQ], PASSWORD, by="test")
    answers = [guess(n, f"198.51.100.{n}, 203.0.113.9") for n in range(41)]  # another made-up sender each time
    assert answers == [422] * 40 + [429 if proxies else 422]
    assert log_in(house, "203.0.113.7") == 302


def test_without_a_known_address_a_name_still_waits_and_so_does_an_invitation(house: House, settings: Any) -> None:
    settings.PROXIES, settings.HTTPS = 0, True
    assert [guess(1, "203.0.113.9") for _ in range(9)] == [422] * 8 + [429]
    owner = access.staff_of(house.users[Role.OWNER], house.brand.id)
    assert owner
    one, other = (access.invite(house.brand.id, Role.AGENT, by=owner).token for _ in range(2))
    form = {"username": "mia", "password": "short"}
    assert [Client().post(f"/join/{one}/", form).status_code for _ in range(31)] == [422] * 30 + [429]
    assert Client().post(f"/join/{other}/", form).status_code == 422
    assert {Client().post("/login/passkey/", {"credential": "{}"}).status_code for _ in range(41)} == {422}
