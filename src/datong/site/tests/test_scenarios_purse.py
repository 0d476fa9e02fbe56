"""The flows in which a customer is a member: one person, one card, one balance at every door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
import pytest

from datong.access.types import Role
from datong.brand.types import ChannelKind
from datong.customers.api import add_card_key
from datong.customers.rules.cards import write_code
from datong.customers.types import Identity, IdentityKind
from datong.fulfilment.api import advance, tasks_of
from datong.fulfilment.types import FulfilmentKind, TaskState
from datong.integration.wire.send.native import payload
from datong.kernel import clock
from datong.ledger.api import check
from datong.orders.types import IntentLine
from datong.payments.types import PaymentMethod
from datong.site.tests.house import House, open_house

PHONE = "+8613912345678"
SIGN = (Identity(IdentityKind.PHONE, PHONE, verified=True),)
HERE: dict[str, Any] = {
    "fulfilment": FulfilmentKind.PICKUP,
    "destination": None,
    "store_code": "LAKE",
    "amounts": None,
    "paid": False,
    "identities": SIGN,
}


@pytest.fixture
def house(committed_db: str, make_brand: Callable[..., Any]) -> House:
    return open_house(make_brand)


def native(house: House, key: str, number: str, code: str = "app", **fields: Any) -> UUID:
    """Place an order by the API; its id."""
    answer = house.call("POST", "/api/v1/orders", key, payload(house.order(number, code, **fields)))
    assert answer.status_code == 201, answer.content
    return UUID(answer.json()["order_id"])


def customer_of(house: House, order_id: UUID) -> UUID:
    [(customer,)] = house.rows("SELECT customer_id FROM orders_order WHERE id = %s", order_id)
    return UUID(str(customer))


def done(house: House, order_id: UUID) -> None:
    """Staff pick, hand over; the worker completes the order."""
    house.work()
    [task] = tasks_of(house.brand.id, [order_id])
    for state in (TaskState.ACCEPTED, TaskState.DONE):
        advance([task.id], state, brand=house.brand.id, by="kim")
    house.work()
    assert house.rows("SELECT state FROM orders_order WHERE id = %s", order_id) == [("completed",)]


@pytest.mark.requirement("SC-06", "S-93", "S-94", "S-166", "S-173", "S-198")
def test_sc_06_steps_6_to_8_the_card_on_the_phone_pays_and_joins_the_queue(house: House) -> None:
    key = house.key()
    queued = native(house, key, "walk-in", payment=PaymentMethod.PAY_AT_STORE, **HERE | {"identities": ()})
    member = customer_of(house, native(house, key, "first", payment=PaymentMethod.PAY_AT_STORE, **HERE))

    # 6 the card is a code on the phone, its balance is seen; topped up twice by a nervous finger, once in the books
    card = house.call("POST", f"/api/v1/customers/{member}/cards", key, {}).json()
    purse = house.call("POST", f"/api/v1/customers/{member}/purses", key, {"currency": "CNY"}).json()
    top_up = f"/api/v1/purses/{purse['id']}/top-ups"
    asked = {"amount_minor": 10_000, "method": "wechat", "ref": "4200001"}
    for _ in range(2):
        assert house.call("POST", top_up, key, asked, **{"Idempotency-Key": "top-1"}).status_code == 200
    page = house.http.get(card["page"])
    assert page.status_code == 200 and b"100.00" in page.content

    # 7 scan and pay: what the till reads from the screen holds the money; sent again it is one payment
    phone = add_card_key(UUID(card["id"]), brand=house.brand.id, label="phone")
    shown = write_code(phone.number, phone.no, pyotp.TOTP(phone.secret, digits=8, interval=30).at(clock.now()))
    told = {"code": shown, "amount_minor": 3_000, "currency": "CNY", "store": "LAKE"}
    pay = [house.call("POST", "/api/v1/wallet/payments", key, told, **{"Idempotency-Key": "t-1"}) for _ in range(3)]
    assert {answer.status_code for answer in pay} == {200} and len({answer.json()["id"] for answer in pay}) == 1
    stolen = house.call("POST", "/api/v1/wallet/payments", key, told, **{"Idempotency-Key": "t-2"})
    assert (stolen.status_code, stolen.json()["problems"][0]["code"]) == (409, "code_used")
    order = native(house, key, "prepaid", payment=PaymentMethod.STORED_VALUE, **HERE)
    paid = house.call("POST", f"/api/v1/orders/{order}/wallet", key, {"payment_id": pay[0].json()["id"]})
    assert (paid.status_code, paid.json()["outcome"]) == (200, "paid"), paid.content

    # 8 it stands in the same queue of the same store as that of the customer who queued
    house.work()
    tasks = {task.order_id: task for task in tasks_of(house.brand.id, [queued, order])}
    assert {task.store_id for task in tasks.values()} == {house.stores["LAKE"].id}
    assert tasks[queued].state is tasks[order].state is TaskState.NEW
    board = house.staff(Role.STORE, "LAKE").get("/").content.decode()
    assert all(house.placed(number).number in board for number in ("walk-in", "prepaid"))
    [balance] = house.call("GET", f"/api/v1/customers/{member}/purses", key).json()["purses"]
    assert (balance["available_minor"], balance["held_minor"]) == (7_000, 0)
    done(house, order)
    assert check(house.brand.id) == []


@pytest.mark.requirement("SC-07", "S-92")
def test_sc_07_step_10_a_member_of_the_stores_is_known_on_the_platform_and_the_reverse(house: House) -> None:
    store, mall = house.key(code="till-app"), house.key(code="mall", kind=ChannelKind.SITE)
    joined = native(house, store, "1", "till-app", payment=PaymentMethod.PAY_AT_STORE, **HERE)
    member = customer_of(house, joined)
    assert house.call("POST", f"/api/v1/customers/{member}/cards", store, {}).status_code == 200
    purse = house.call("POST", f"/api/v1/customers/{member}/purses", store, {"currency": "CNY"}).json()
    put = {"amount_minor": 5_000, "method": "cash"}
    house.call("POST", f"/api/v1/purses/{purse['id']}/top-ups", store, put, **{"Idempotency-Key": "a"})
    # the platform shows the same telephone: the same person, card and balance
    online = native(
        house, mall, "1", "mall", identities=SIGN, amounts=None, paid=False, payment=PaymentMethod.CASH_ON_DELIVERY
    )
    assert customer_of(house, online) == member
    for key in (store, mall):
        cards = house.call("GET", f"/api/v1/customers/{member}/cards", key).json()["cards"]
        purses = house.call("GET", f"/api/v1/customers/{member}/purses", key).json()["purses"]
        assert ([c["customer_id"] for c in cards], [p["available_minor"] for p in purses]) == ([str(member)], [5_000])
    # and somebody who came by the platform first is known at the counter
    other = (Identity(IdentityKind.PHONE, "+8613711112222", verified=True),)
    first = native(
        house, mall, "2", "mall", identities=other, amounts=None, paid=False, payment=PaymentMethod.CASH_ON_DELIVERY
    )
    second = native(house, store, "2", "till-app", payment=PaymentMethod.PAY_AT_STORE, **HERE | {"identities": other})
    assert customer_of(house, first) == customer_of(house, second) != member


@pytest.mark.requirement("SC-14", "S-95", "S-109", "S-110")
def test_sc_14_one_customer_from_the_search_to_the_next_order(house: House) -> None:
    key = house.key()
    first = native(house, key, "1", payment=PaymentMethod.PAY_AT_STORE, lines=(IntentLine(1, "JASMINE", 2),), **HERE)
    member = customer_of(house, first)

    # 1 search and discover: told by the app when it knows who it was; twice is once
    at = clock.now() - timedelta(hours=2)
    step = {"customer_id": str(member), "at": at.isoformat()}
    steps = {
        "steps": [
            {**step, "id": str(uuid4()), "kind": "searched", "about": "jasmine"},
            {**step, "id": str(uuid4()), "kind": "viewed", "about": "JASMINE"},
        ]
    }
    assert [house.call("POST", "/api/v1/steps", key, steps).json()["new"] for _ in range(2)] == [2, 0]
    # 2 buy, 3 have it
    done(house, first)
    # 4 again, and tell others
    native(house, key, "2", payment=PaymentMethod.PAY_AT_STORE, **HERE)
    share = {**step, "id": str(uuid4()), "kind": "shared", "about": "JASMINE", "at": clock.now().isoformat()}
    assert house.call("POST", "/api/v1/steps", key, {"steps": [share]}).json()["new"] == 1
    told = house.call("GET", f"/api/v1/customers/{member}/steps", key).json()["steps"]
    assert {(s["stage"], s["kind"]) for s in told} == {
        ("discover", "searched"),
        ("discover", "viewed"),
        ("again", "shared"),
    }
    page = house.staff(Role.OWNER).get(f"/customers/{member}/").content.decode()
    for words in (
        "Found us",
        "searched",
        "jasmine",
        "first order",
        "1 order with them",
        "bought 1 time more",
        "shared",
    ):
        assert words in page, words
