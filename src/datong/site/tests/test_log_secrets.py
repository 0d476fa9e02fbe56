"""An address that opens something by itself never stands in the log, nor in the name of a span."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from datong.access import api as access
from datong.access.types import Role
from datong.kernel.logs import JsonFormatter
from datong.site import middleware

TOKEN = ".eJwVyrEOgCAMBdB_6Wxa:1vMzQ2:Zq-x_9"
"""The form of a signed token: the longest alphabet of all of ours."""


def routes(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for entry in resolver.url_patterns:
        here = prefix + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from routes(entry, here)


def secret_routes() -> list[str]:
    return sorted({route for route in routes(get_resolver()) if "<str:token>" in route})


def test_the_addresses_that_carry_a_key_are_these() -> None:
    assert {route.split("<")[0] for route in secret_routes()} >= {
        "/join/", "/in/", "/supply/", "/consent/", "/hooks/", "/hooks/shadow/",
    }  # fmt: skip


@pytest.mark.parametrize("route", secret_routes())
def test_no_address_with_a_key_comes_through_the_formatter(route: str) -> None:
    address = route.replace("<str:token>", TOKEN)
    error = ValueError(f"https://hub.example.com{address}?a=1")
    record = logging.LogRecord("t", logging.ERROR, "", 0, "Refused: %s", (address,), (ValueError, error, None))
    record.wanted = f"/login/?next={quote(address, safe='')}&a=1"
    line = JsonFormatter().format(record)
    assert not any(part in line for part in ("eJwVyrE", "1vMzQ2", "Zq-x"))
    assert f"Refused: {route.replace('<str:token>', '***')}" in line and "?a=1" in line and "&a=1" in line


def test_other_addresses_stay_as_they_are() -> None:
    said = "Not Found: /orders/N-1/step/ and /channels/WEB/ and /hooks/ and /sync/SHOP/connect/"
    assert said in JsonFormatter().format(logging.LogRecord("t", logging.WARNING, "", 0, said, (), None))


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler.stream
    root.removeHandler(handler)


def test_an_invitation_that_is_refused_for_its_password_is_not_in_the_log(
    db: None, make_brand: Any, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans: list[str] = []

    def opened(name: str) -> AbstractContextManager[None]:
        spans.append(name)
        return nullcontext()

    monkeypatch.setattr(middleware, "span", opened)
    brand = make_brand()
    user_id = access.create_user("olga")
    access.assign(brand.id, user_id, Role.OWNER, by="test")
    olga = access.staff_of(user_id, brand.id)
    assert olga
    made = access.invite(brand.id, Role.AGENT, by=olga)
    answer = Client().post(f"/join/{made.token}/", {"username": "mia", "password": "short"})
    assert answer.status_code == 422
    assert "Unprocessable Entity: /join/***/" in lines.getvalue()
    assert spans == ["POST /join/***/"]
    assert made.token not in lines.getvalue()
