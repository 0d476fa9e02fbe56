"""A fee for a sign-up (报名缴费) is a service on the price list: every door sells it, every way to pay pays it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from datong.catalog import api as catalog
from datong.catalog.types import ItemKind, Price, Product, ProductState, Variant
from datong.fulfilment.types import FulfilmentKind
from datong.integration.wire.send import native
from datong.kernel import clock
from datong.kernel.ids import uuid7
from datong.ledger import api as ledger
from datong.orders import api as orders
from datong.orders.types import IntentLine
from datong.payments.types import PaymentMethod
from datong.site.tests.house import SINCE, House
from datong.site.tests.test_api_cards import code_of
from datong.site.tests.test_api_wallet import ann, has, house

__all__ = ["ann", "house"]
FEE = 5_000


def open_course(house: House, **dates: Any) -> None:
    course = Product(
        uuid7(), "COURSE", "sign_up", "Tea master course", ProductState.IDEA, ItemKind.SERVICE,
        variants=(Variant("COURSE"),), attributes={"organizer": "House of Tea"}, **dates,
    )  # fmt: skip
    catalog.put_products(house.brand.id, [course], by="mia")
    catalog.put_prices(house.brand.id, [Price("COURSE", FEE, SINCE)])
    for state in ("development", "ready", "on_sale"):
        catalog.set_state(house.brand.id, "COURSE", ProductState(state), by="mia")


def wish(house: House) -> Any:
    wanted = {
        "lines": (IntentLine(1, "COURSE", 1),), "amounts": None, "paid": False, "store_code": "LAKE",
        "payment": PaymentMethod.STORED_VALUE, "fulfilment": FulfilmentKind.IN_STORE, "destination": None,
    }  # fmt: skip
    return native.payload(house.order("S-1", **wanted))


@pytest.mark.requirement("S-213")
def test_a_fee_for_a_sign_up_is_collected_from_the_card_stands_in_the_books_and_goes_back(
    house: House, ann: dict[str, Any]
) -> None:
    open_course(house)
    key, brand = ann["key"], house.brand.id
    wanted = wish(house)
    order = house.call("POST", "/api/v1/orders", key, wanted).json()
    assert order["total_minor"] == FEE and order["state"] == "assigned"
    again = house.call("POST", "/api/v1/orders", key, wanted).json()
    assert (again["order_id"], again["repeat"]) == (order["order_id"], True)  # asked twice, signed up once
    ask = {"amount_minor": FEE, "currency": ann["currency"], "code": code_of(house, ann["card"])}
    held = house.call("POST", "/api/v1/wallet/payments", key, ask, **{"Idempotency-Key": "fee"}).json()
    paid = house.call("POST", f"/api/v1/orders/{order['order_id']}/wallet", key, {"payment_id": held["id"]})
    assert paid.json() == {"outcome": "paid"} and has(house, ann) == (10_000 - FEE, 0)
    assert house.rows("SELECT count(*) FROM inventory_hold") == [(0,)]  # nothing was put aside on any shelf
    assert ledger.check(brand) == []
    assert orders.cancel(UUID(order["order_id"]), brand=brand, who="kim", reason="cannot come")
    orders.settle_refunds([(UUID(order["order_id"]), FEE)], brand=brand)  # what the outbox tells of the refund
    assert has(house, ann) == (10_000, 0) and ledger.check(brand) == []


@pytest.mark.requirement("S-213")
def test_when_the_sign_up_has_closed_nobody_is_charged(house: House, ann: dict[str, Any]) -> None:
    open_course(house, sold_from=SINCE, sold_to=clock.now() - timedelta(minutes=1))
    answer = house.call("POST", "/api/v1/orders", ann["key"], wish(house))
    assert (answer.status_code, answer.json()["problems"][0]["code"]) == (422, "not_on_sale")
    assert has(house, ann) == (10_000, 0)
