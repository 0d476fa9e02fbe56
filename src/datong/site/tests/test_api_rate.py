"""A client's calls are counted at one place, whatever it calls; nobody pays for another's flood."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from datong.access.api import client_of
from datong.integration.actions import throttle
from datong.site.tests.house import House, open_house
from datong.site.tests.test_api import OPERATIONS, told


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock of the limit, which stands until a test moves it."""
    at = [1_000.0]
    monkeypatch.setattr(throttle, "time", SimpleNamespace(monotonic=lambda: at[0]))
    return at


def flood(house: House, key: str) -> None:
    """999 of the 1,000 calls that a client may make at once, and one to any address as the last."""
    client = client_of(key)
    assert client
    for _ in range(999):
        throttle.admit(f"client {client.id}")
    assert house.call("GET", "/api/v1/stores", key).status_code == 200


def test_after_a_thousand_at_once_no_operation_answers_until_time_has_passed(house: House, still: list[float]) -> None:
    key, other = house.key(), house.key(code="other")
    flood(house, key)
    for method, address in OPERATIONS:
        answer = house.call(method, address, key)
        assert told(answer, 429)["type"] == "/api/docs#too_many_requests", address
        assert answer.headers["Retry-After"] == "1"
    assert house.call("GET", "/api/v1/stores", other).status_code == 200
    still[0] += 0.012  # two calls and a bit at 200 a second
    answers = [house.call("GET", "/api/v1/stores", key).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_an_order_that_came_too_often_is_not_taken_and_may_come_again(house: House, still: list[float]) -> None:
    key = house.key()
    flood(house, key)
    body = {"external_id": "A-1"}
    told(house.call("POST", "/api/v1/orders", key, body), 429)
    assert house.rows("SELECT count(*) FROM integration_inbox") == [(0,)]
    still[0] += 1
    told(house.call("POST", "/api/v1/orders", key, body), 422)
