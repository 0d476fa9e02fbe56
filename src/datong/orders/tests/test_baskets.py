"""One basket for a customer at all ends: priced by the quote, ordered once, told when a price has changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datong.brand.types import AddressText
from datong.catalog.api import put_prices, quote
from datong.catalog.types import Ask, AskLine, Price
from datong.customers.api import identify
from datong.customers.types import Sighting
from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import execute, in_brand
from datong.kernel.errors import BadValue, Conflict
from datong.orders import api
from datong.orders.tests.conftest import HOME, Shop, phone, sound
from datong.orders.types import Accepted, BasketMoved, CheckOut, Contact, Destination, Way
from datong.payments.types import PaymentMethod

TEXT = AddressText("1 Main St", "Minneapolis")


def pickup(shop: Shop) -> Way:
    return Way(shop.web, "USD", FulfilmentKind.PICKUP, store_id=shop.near.id)


def brought(shop: Shop) -> Way:
    return Way(shop.web, "USD", FulfilmentKind.DELIVERY, address=TEXT, place=HOME)


def order(shop: Shop, basket_id: UUID, way: Way, **fields: Any) -> Any:
    basket = api.get_basket(shop.brand.id, basket_id)
    priced = api.price_basket(shop.brand.id, basket, way)
    fetched = way.fulfilment is FulfilmentKind.PICKUP
    plain: dict[str, Any] = {
        "version": basket.version,
        "total_minor": priced.total_minor,
        "way": way,
        "store_code": shop.near.code if fetched else "",
        "payment": PaymentMethod.PAY_AT_STORE if fetched else PaymentMethod.CASH_ON_DELIVERY,
        "contact": Contact("Ann Lee", "+16125550100"),
        "destination": None if fetched else Destination(TEXT, HOME),
    }
    return api.check_out(basket_id, CheckOut(**plain | fields), brand=shop.brand.id, actor="shop")


@pytest.mark.requirement("S-115", "S-16")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(units=st.tuples(*[st.integers(0, 3)] * 3).filter(any), fetched=st.booleans())
def test_a_basket_costs_what_the_quote_says_and_the_order_costs_what_the_basket_says(
    shop: Shop, units: tuple[int, ...], fetched: bool
) -> None:
    basket, _ = api.open_basket(shop.brand.id)
    for sku, n, minor in zip(("TEA", "CUP", "FIX"), units, (500, 1200, 3000), strict=True):
        if n:
            basket = api.put_in_basket(basket.id, sku, n, brand=shop.brand.id, seen_minor=minor)
    way = pickup(shop) if fetched else brought(shop)
    priced = api.price_basket(shop.brand.id, basket, way)
    lines = tuple(AskLine(n, line.sku, line.units) for n, line in enumerate(basket.lines, 1))
    ask = Ask(shop.web, "USD", clock.now(), lines, store_id=way.store_id, place=way.address)
    (quoted,) = quote([ask], brand=shop.brand.id)
    assert priced.total_minor == quoted.total_minor + priced.delivery_minor
    assert not priced.moved
    made = order(shop, basket.id, way)
    assert isinstance(made, Accepted) and made.total_minor == priced.total_minor


def test_the_same_basket_ordered_again_is_the_one_order_and_the_basket_is_empty(shop: Shop) -> None:
    basket, token = api.open_basket(shop.brand.id)
    basket = api.put_in_basket(basket.id, "TEA", 2, brand=shop.brand.id, seen_minor=500)
    first = order(shop, basket.id, pickup(shop))
    assert api.basket_by_token(shop.brand.id, token).lines == ()  # type: ignore[union-attr]
    again = order(shop, basket.id, pickup(shop), version=basket.version, total_minor=1000)
    assert (again.order_id, again.repeat) == (first.order_id, True)
    with pytest.raises(Conflict, match="empty"):
        order(shop, basket.id, pickup(shop))
    sound(shop)


def test_two_clicks_at_the_same_moment_make_one_order(committed_shop: Shop, in_parallel: Any) -> None:
    shop = committed_shop
    basket, _ = api.open_basket(shop.brand.id)
    basket = api.put_in_basket(basket.id, "TEA", 1, brand=shop.brand.id, seen_minor=500)
    made = in_parallel(4, lambda: order(shop, basket.id, pickup(shop), version=basket.version, total_minor=500))
    assert len({one.order_id for one in made}) == 1 and sum(not one.repeat for one in made) == 1
    assert shop.stock("TEA").reserved == 1


def test_a_price_that_changed_is_said_and_never_silently_paid(shop: Shop) -> None:
    basket, _ = api.open_basket(shop.brand.id)
    basket = api.put_in_basket(basket.id, "TEA", 1, brand=shop.brand.id, seen_minor=500)
    put_prices(shop.brand.id, [Price("TEA", 650, clock.now() - timedelta(seconds=1))])
    priced = api.price_basket(shop.brand.id, basket, pickup(shop))
    assert (priced.total_minor, priced.lines[0].was_minor, priced.moved) == (650, 500, True)
    with pytest.raises(BasketMoved) as told:
        order(shop, basket.id, pickup(shop), total_minor=500)
    assert told.value.total_minor == 650
    assert api.board(shop.brand.id, api.BoardFilter()).rows == ()
    with pytest.raises(BasketMoved):
        order(shop, basket.id, pickup(shop), version=basket.version - 1)


@pytest.mark.requirement("S-10", "S-20")
def test_at_log_in_the_baskets_become_one_and_the_larger_number_stays(shop: Shop) -> None:
    (who,) = identify([Sighting(shop.web, (phone(),))], brand=shop.brand.id)
    assert who is not None
    mine = api.basket_for(who.customer_id, brand=shop.brand.id)
    api.put_in_basket(mine.id, "TEA", 1, brand=shop.brand.id, seen_minor=500)
    api.put_in_basket(mine.id, "CUP", 5, brand=shop.brand.id, seen_minor=1200)
    other, token = api.open_basket(shop.brand.id)
    api.put_in_basket(other.id, "TEA", 3, brand=shop.brand.id, seen_minor=500)
    api.put_in_basket(other.id, "CUP", 2, brand=shop.brand.id, seen_minor=1200)
    for _ in range(2):
        joined = api.join_baskets(token, who.customer_id, brand=shop.brand.id)
        assert {line.sku: line.units for line in joined.lines} == {"TEA": 3, "CUP": 5}
    assert api.basket_by_token(shop.brand.id, token) is None
    assert [one.id for one in api.baskets_of(shop.brand.id, who.customer_id)] == [mine.id]


def test_a_basket_has_an_end_and_one_of_nobody_is_forgotten(shop: Shop) -> None:
    basket, token = api.open_basket(shop.brand.id)
    with pytest.raises(BadValue):
        api.put_in_basket(basket.id, "TEA", 1000, brand=shop.brand.id, seen_minor=500)
    api.put_in_basket(basket.id, "TEA", 600, brand=shop.brand.id, seen_minor=500)
    full = api.put_in_basket(basket.id, "TEA", 600, brand=shop.brand.id, seen_minor=500, add=True)
    assert full.units == 999
    assert api.put_in_basket(basket.id, "TEA", 0, brand=shop.brand.id, seen_minor=0).lines == ()
    assert api.sweep_baskets(shop.brand.id) == 0
    with in_brand(shop.brand.id):
        execute("UPDATE orders_basket SET changed_at = now() - interval '61 days' WHERE brand_id = %s", [shop.brand.id])
    assert api.sweep_baskets(shop.brand.id) == 1
    assert api.basket_by_token(shop.brand.id, token) is None
