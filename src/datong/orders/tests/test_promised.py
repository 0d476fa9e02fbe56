"""What is promised before ordering is kept with the order; which stores serve a place within an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from datong.brand.types import AddressText
from datong.fulfilment.api import put_pace
from datong.fulfilment.types import FulfilmentKind, Pace
from datong.kernel import clock
from datong.orders import api
from datong.orders.tests.conftest import HOME
from datong.orders.types import CheckOut, Contact, Destination, Way
from datong.payments.types import PaymentMethod


@pytest.mark.requirement("S-190")
def test_the_stores_that_serve_a_place_within_an_hour_soonest_first(shop):
    put_pace(Pace(prepare_s=600, wait_s=0), brand=shop.brand.id, by="ann")
    found = api.within_an_hour(shop.brand.id, shop.web, HOME)
    assert [store.code for store, _, _ in found] == ["NEAR", "FAR"]
    put_pace(Pace(prepare_s=4000, wait_s=0, store_id=shop.near.id), brand=shop.brand.id, by="ann")
    assert [store.code for store, _, _ in api.within_an_hour(shop.brand.id, shop.web, HOME)] == ["FAR"]


@pytest.mark.requirement("S-187")
def test_what_was_promised_at_the_checkout_stands_with_the_order(shop):
    basket, _ = api.open_basket(shop.brand.id)
    basket = api.put_in_basket(basket.id, "TEA", 2, brand=shop.brand.id, seen_minor=500)
    text = AddressText(line="1 Main St", city="Minneapolis")
    way = Way(shop.web, "USD", FulfilmentKind.DELIVERY, address=text, place=HOME)
    with clock.held_at(clock.now()):
        costs = api.price_basket(shop.brand.id, basket, way)
        window = api.promise_of(shop.brand.id, costs.foreseen)
        wanted = CheckOut(
            version=basket.version, total_minor=costs.total_minor, way=way, store_code="",
            payment=PaymentMethod.CASH_ON_DELIVERY,
            contact=Contact("Ann Lee", "+16125550100"), destination=Destination(text, HOME),
        )  # fmt: skip
        made = api.check_out(basket.id, wanted, brand=shop.brand.id, actor="shop")
        assert window.until > clock.now() + timedelta(minutes=15)
        assert shop.page(made).promised_at == window.until
