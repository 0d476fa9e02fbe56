"""Points of orders: the events of an order, in order, late or twice, make its points."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from datong.kernel import clock
from datong.kernel.db import in_brand
from datong.kernel.ids import uuid7
from datong.kernel.relay import Delivered
from datong.orders import api, subscribers
from datong.orders.tests.conftest import Shop, phone
from datong.wallet import api as wallet
from datong.wallet.types import EarningRule, RuleKind


@pytest.fixture
def rewarding(shop: Shop) -> Shop:
    wallet.put_programme(shop.brand.id, wallet.new_programme("club", "Club"), by="owner")
    rules = [EarningRule("base", RuleKind.MONEY, points=1, per_minor=100)]
    wallet.put_earning_rules(shop.brand.id, "club", rules, by="owner")
    return shop


def hear(shop: Shop, order: Any, name: str, **payload: Any) -> None:
    event = Delivered(uuid7(), order.order_id, name, 1, payload, "")
    with in_brand(shop.brand.id):
        for _ in range(2):
            subscribers.reward([event])


def has(shop: Shop, order: Any) -> tuple[int, int]:
    (found,) = wallet.points_of(shop.brand.id, shop.page(order).customer_id)
    return found.balance, found.pending


@pytest.mark.requirement("S-92")
def test_one_member_earns_alike_on_the_web_and_at_the_till(rewarding: Shop) -> None:
    shop = rewarding
    (web,) = shop.place(shop.intent(("CUP", 2), identities=(phone(),)))
    hear(shop, web, "orders.placed")
    assert has(shop, web) == (0, 24)
    (till,) = shop.place(shop.till_sale(("CUP", 2), identities=(phone(),)))
    hear(shop, till, "orders.placed")
    assert has(shop, till) == has(shop, web) == (24, 24)
    hear(shop, web, "orders.completed")
    assert has(shop, web) == (48, 0)
    assert wallet.check_points(shop.brand.id) == []


def test_money_that_goes_back_takes_its_points_with_it(rewarding: Shop) -> None:
    shop = rewarding
    (order,) = shop.place(shop.till_sale(("CUP", 2), identities=(phone(),)))
    hear(shop, order, "orders.placed")
    for refund, minor, left in ((uuid7(), 1000, 14), (uuid7(), 1400, 0)):
        hear(shop, order, "payments.refund_due", refund_id=str(refund), amount_minor=minor)
        hear(shop, order, "payments.refunded", refund_id=str(refund), amount_minor=minor)
        assert has(shop, order) == (left, 0)


def test_a_cancelled_order_has_no_points_and_a_stranger_earns_none(rewarding: Shop) -> None:
    shop = rewarding
    (order,) = shop.place(shop.intent(("CUP", 1), identities=(phone(),)))
    (stranger,) = shop.place(shop.intent(("CUP", 1)))
    assert [sale.order_id for sale in api.sales_of(shop.brand.id, [order.order_id, stranger.order_id])] == [
        order.order_id
    ]
    hear(shop, order, "orders.placed")
    hear(shop, stranger, "orders.placed")
    hear(shop, order, "orders.cancelled")
    with clock.held_at(clock.now() + timedelta(days=1)):
        hear(shop, order, "orders.completed")
    assert has(shop, order) == (0, 0)
