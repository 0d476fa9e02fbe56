"""One trace id follows one request: through the inbox, the order, its events and what others make of them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from datong.access.types import Scope
from datong.brand.types import ChannelKind
from datong.integration.api import drain
from datong.integration.wire.send import native, shopify
from datong.kernel import relay, trace
from datong.kernel.relay import Consumer
from datong.payments.types import PaymentMethod
from datong.site.tests.house import House, open_house

pytestmark = pytest.mark.requirement("S-59", "S-85")

PLAIN = {"amounts": None, "paid": False, "payment": PaymentMethod.CASH_ON_DELIVERY}


@pytest.fixture
def house(db: None, make_brand: Any) -> House:
    return open_house(make_brand)


def parent(n: int) -> str:
    return f"00-{n:032x}-{n:016x}-01"


def trace_of(header: str) -> str:
    return header.split("-")[1]


def traces(house: House, number: str) -> dict[str, set[str]]:
    """The trace ids of an order: of its delivery, of itself, of its event."""
    found = house.rows(
        "SELECT i.trace, o.trace, e.trace FROM orders_order o JOIN integration_inbox i ON i.id = o.inbox_id"
        " JOIN kernel_outboxevent e ON e.aggregate = o.id AND e.name = 'orders.placed' WHERE o.external_id = %s",
        number,
    )
    return {name: {trace_of(row[n]) for row in found} for n, name in enumerate(("inbox", "order", "event"))}


def test_a_call_of_the_api_is_one_trace_from_its_door_to_its_event(house: House) -> None:
    key, body = house.key(), native.payload(house.order("A-1", **PLAIN))
    answer = house.call("POST", "/api/v1/orders", key, body, traceparent=parent(0xA1))
    assert answer.status_code == 201, answer.content
    given = answer["traceparent"].split("-")
    assert (given[1], given[3]) == (f"{0xA1:032x}", "01")
    assert given[2] != f"{0xA1:016x}", "our own span within the caller's trace"
    assert traces(house, "A-1") == dict.fromkeys(("inbox", "order", "event"), {f"{0xA1:032x}"})


@pytest.mark.parametrize(
    "header", ["", "00-" + "0" * 32 + "-b7ad6b7169203331-01", "ff-x", "00-ABC-1-1", "00-" + "g" * 32]
)
def test_without_a_trace_or_with_a_broken_one_a_new_one_begins(house: House, header: str) -> None:
    answer = house.call("GET", "/api/v1/orders", house.key(), traceparent=header)
    found = trace.continued(answer["traceparent"])
    with found as context:
        assert len(context.trace_id) == 32 and set(context.trace_id) != {"0"}
        assert context.trace_id == trace_of(answer["traceparent"])
        assert context.trace_id not in header


def test_deliveries_that_a_worker_places_together_each_keep_their_own_trace(house: House) -> None:
    """The worker's own trace is nobody's: an order's is the one of the request that brought it."""
    token, ctx = house.door("shopify", "web", ChannelKind.SITE)
    for n in (0xB1, 0xB2, 0xB3):
        answer = house.deliver(token, shopify.build(house.order(str(n), "web"), ctx), traceparent=parent(n))
        assert answer.status_code == 200 and trace_of(answer["traceparent"]) == f"{n:032x}"
    assert drain(house.brand.id).taken == 3
    for n in (0xB1, 0xB2, 0xB3):
        assert traces(house, str(n)) == dict.fromkeys(("inbox", "order", "event"), {f"{n:032x}"})


def test_a_batch_is_one_request_and_one_trace(house: House) -> None:
    key = house.key()
    orders = [native.payload(house.order(f"A-{n}", **PLAIN)) for n in (1, 2)]
    answer = house.call("POST", "/api/v1/orders/batch", key, {"orders": orders}, traceparent=parent(0xC1))
    assert [result["status"] for result in answer.json()["results"]] == [201, 201]
    for number in ("A-1", "A-2"):
        assert traces(house, number)["order"] == {f"{0xC1:032x}"}


def test_callers_whose_orders_are_committed_together_each_keep_their_own(
    committed_db: str, make_brand: Any, in_parallel: Any
) -> None:
    """The first of them writes for all; its trace is not the others'."""
    house = open_house(make_brand)
    key, numbers = house.key(), itertools.count(1)
    body = native.payload(house.order("", **PLAIN))

    def call() -> int:
        n = next(numbers)
        mine = replace(house, http=Client())
        return int(
            mine.call(
                "POST", "/api/v1/orders", key, body | {"external_id": str(n)}, traceparent=parent(0xF00 + n)
            ).status_code
        )

    assert in_parallel(8, call) == [201] * 8
    for n in range(1, 9):
        assert traces(house, str(n)) == dict.fromkeys(("inbox", "order", "event"), {f"{0xF00 + n:032x}"})


def test_a_correction_is_the_request_of_who_corrects(house: House) -> None:
    key = house.key(Scope.ORDERS_WRITE, Scope.ORDERS_READ, Scope.CUSTOMERS_READ)
    body = native.payload(house.order("A-1", **PLAIN))
    house.call("POST", "/api/v1/orders", key, body | {"currency": "EURO"}, traceparent=parent(0xD1))
    [entry] = house.call("GET", "/api/v1/inbox?state=rejected", key).json()["entries"]
    detail = house.call("GET", f"/api/v1/inbox/{entry['id']}", key).json()
    mended = {"body": detail["body"].replace("EURO", "CNY")}
    answer = house.call("POST", f"/api/v1/inbox/{entry['id']}/correct", key, mended, traceparent=parent(0xD2))
    assert answer.json()["state"] == "placed", answer.content
    assert traces(house, "A-1") == dict.fromkeys(("inbox", "order", "event"), {f"{0xD2:032x}"})


def test_what_hears_an_event_works_under_the_trace_of_the_request(committed_db: str, make_brand: Any) -> None:
    """The relay hands the event on with its trace, so what a consumer does is found under the caller's id."""
    house = open_house(make_brand)
    key, seen = house.key(), []
    consumer = Consumer(
        "test.listens",
        lambda events: seen.extend((e.aggregate, trace_of(e.trace), trace.current().trace_id) for e in events),
        frozenset({"orders.placed"}),
    )
    relay.enrol(house.brand.id, [consumer])
    body = native.payload(house.order("A-1", **PLAIN))
    order = house.call("POST", "/api/v1/orders", key, body, traceparent=parent(0xE1)).json()
    house.relay(consumer)
    assert seen == [(UUID(order["order_id"]), f"{0xE1:032x}", f"{0xE1:032x}")]
