"""What becomes of an order after it was taken: lost holds, stock that arrives, reviews, unpaid ones, other rules."""

from datetime import timedelta

import pytest

from datong.fulfilment.types import FulfilmentKind
from datong.kernel import clock
from datong.kernel.db import in_brand, rows
from datong.kernel.errors import BadInput
from datong.orders import api
from datong.orders.tests.conftest import forget, sound
from datong.orders.types import (
    ExceptionKind,
    OrderState,
)
from datong.payments.types import PaymentMethod
from datong.risk.api import put_limits
from datong.risk.types import Decision, Limit, LimitKind


def test_an_online_hold_that_a_counter_sale_took_finds_another_store(shop):
    online = shop.place_one(("TEA", 6))
    shop.place(shop.till_sale(("TEA", 5)))
    assert shop.stock("TEA").reserved == 0
    found = api.resource([online.order_id], brand=shop.brand.id, actor="sourcing", why="hold_lost")
    assert found == {online.order_id: True}
    view = shop.page(online)
    assert view.store_id == shop.far.id and view.state == "assigned" and len(view.decisions) == 2
    assert shop.stock("TEA", shop.far).reserved == 6
    sound(shop)


def test_a_pickup_order_that_lost_its_stock_to_the_counter_waits_and_is_shown(shop):
    pickup = shop.place_one(("TEA", 8), fulfilment=FulfilmentKind.PICKUP, store_code="NEAR")
    shop.place(shop.till_sale(("TEA", 5)))
    found = api.resource([pickup.order_id], brand=shop.brand.id, actor="sourcing", why="hold_lost")
    view = shop.page(pickup)
    assert found == {pickup.order_id: False} and view.state == "backorder" and view.store_id == shop.near.id
    assert [f.kind for f in view.findings] == ["stock_short"] and view.exceptions == 1
    sound(shop)


@pytest.mark.requirement("S-146")
def test_when_nobody_has_it_the_order_waits_with_its_reason_and_goes_on_when_stock_arrives(shop):
    from datong.inventory.api import receive
    from datong.inventory.types import StockRow

    outcome = shop.place_one(("TEA", 11))
    assert outcome.state is OrderState.BACKORDER and outcome.exceptions == (ExceptionKind.NO_STORE,)
    decision = shop.page(outcome).decisions[0]
    assert decision.reason == "not_enough_stock" and decision.refused[0]["refused"] == "not_enough_stock"
    assert api.retry_waiting(brand=shop.brand.id) == 0
    receive(shop.brand.id, [StockRow(shop.far.id, shop.items["TEA"].id, 5)])
    forget(shop)
    assert api.retry_waiting(brand=shop.brand.id) == 1
    assert shop.page(outcome).store_id == shop.far.id
    sound(shop)


def test_a_shop_order_that_its_shop_has_not_been_paid_for_yet_is_neither_let_go_nor_cancelled(shop):
    (outcome,) = shop.place(shop.sold_elsewhere(("TEA", 1, 500), payment=PaymentMethod.PREPAID, paid=False))
    with in_brand(shop.brand.id):
        assert rows("SELECT expires_at FROM inventory_hold") == [(None,)]
    assert api.cancel_unpaid([outcome.order_id], brand=shop.brand.id, actor="payments") == []


def test_an_order_in_review_keeps_its_review_when_its_stock_is_sold_at_the_counter(shop):
    big = Limit("big", LimitKind.ORDER_AMOUNT, 2500, Decision.REVIEW, currency="USD")
    put_limits(shop.brand.id, [big], by="Kim", reason="test")
    review = shop.place_one(("TEA", 6))
    assert review.state is OrderState.REVIEW
    shop.place(shop.till_sale(("TEA", 5)))
    api.resource([review.order_id], brand=shop.brand.id, actor="sourcing", why="hold_lost")
    assert (shop.page(review).state, shop.page(review).store_id) == ("review", shop.far.id)
    shop.place(shop.till_sale(("TEA", 10), store_code="FAR"))
    api.resource([review.order_id], brand=shop.brand.id, actor="sourcing", why="hold_lost")
    assert shop.page(review).state == "review" and shop.stock("TEA", shop.far).reserved == 0
    api.approve(shop.brand.id, review.order_id, who="Kim", reason="known customer")
    view = shop.page(review)
    assert view.state == "backorder" and [f.kind for f in view.findings if f.closed_at is None] == ["stock_short"]
    sound(shop)


def test_sourcing_an_order_again_that_still_has_its_stock_holds_it_once(shop):
    outcome = shop.place_one(("TEA", 2))
    for _ in range(2):
        api.resource([outcome.order_id], brand=shop.brand.id, actor="Kim", why="hold_lost")
    assert shop.stock("TEA").reserved + shop.stock("TEA", shop.far).reserved == 2
    sound(shop)


def test_the_brands_own_rules_decide_and_a_wrong_one_names_its_field(shop):
    far_first = {
        "name": "far",
        "regions": [],
        "max_distance_m": 50_000,
        "weights": {"distance": 0, "load": 0, "depth": 1},
    }
    shop.place_one(("TEA", 8))
    api.put_rules(shop.brand.id, [far_first], who="Kim")
    forget(shop)
    outcome = shop.place_one(("TEA", 1))
    assert outcome.store_ids == (shop.far.id,) and shop.page(outcome).decisions[0].rule == "far"
    for wrong, field in (
        ({"name": "x", "colour": 1}, "/rules/0/colour"),
        ({"name": ""}, "/rules/0/name"),
        ({"name": "x", "max_stores": 99}, "/rules/0/max_stores"),
        ({"name": "x", "max_distance_m": "far"}, "/rules/0"),
    ):
        with pytest.raises(BadInput) as error:
            api.put_rules(shop.brand.id, [wrong], who="Kim")
        assert error.value.problems[0].field == field
    assert [rule.name for rule in api.sourcing_rules(shop.brand.id)] == ["far"]
    assert [rule.name for rule in api.put_rules(shop.brand.id, [], who="Kim")][0] == "nearest_with_everything"


def test_an_order_nobody_paid_for_is_cancelled_and_a_paid_one_is_not(shop):
    unpaid = shop.place_one(payment=PaymentMethod.PREPAID)
    paid = shop.place_one(payment=PaymentMethod.PREPAID, paid=True)
    with in_brand(shop.brand.id):
        holds = dict(rows("SELECT order_id, expires_at FROM inventory_hold"))
    assert holds[paid.order_id] is None
    assert timedelta(minutes=14) < holds[unpaid.order_id] - clock.now() <= timedelta(minutes=15)
    ids = [unpaid.order_id, paid.order_id]
    assert api.cancel_unpaid(ids, brand=shop.brand.id, actor="payments") == [unpaid.order_id]
    assert shop.page(unpaid).state == "cancelled" and shop.page(paid).state == "assigned"
