"""What is sold out is refused at every door that asks before it sells, and what happened is booked all the same."""

import time

from datong.inventory.api import back_on_sale, reserve, set_sold_out
from datong.inventory.types import Until, Want
from datong.kernel.db import in_brand
from datong.kernel.ids import uuid7
from datong.orders.sourcing import supply
from datong.orders.tests.conftest import forget, sound
from datong.orders.types import OrderState


def sell_out(shop, sku, store=None):
    by_hand = {"until": Until.BY_HAND, "by": "kim"}
    set_sold_out(shop.brand.id, [shop.items[sku].id], store_id=store.id if store else None, **by_hand)
    forget(shop)


def test_a_store_where_it_is_sold_out_is_passed_over(shop):
    sell_out(shop, "TEA", shop.near)
    assert shop.place_one(("TEA", 1)).store_ids == (shop.far.id,)
    sound(shop)


def test_what_is_sold_out_everywhere_is_refused_by_line_and_may_come_again(shop):
    sell_out(shop, "TEA")
    intent = shop.intent(("CUP", 1), ("TEA", 1))
    (refused,) = shop.place(intent)
    assert refused.code == "sold_out"
    assert [(p.field, p.code, p.value) for p in refused.problems] == [("/lines/1", "sold_out", "TEA")]
    back_on_sale(shop.brand.id, [shop.items["TEA"].id], store_id=None, by="kim")
    forget(shop)
    (taken,) = shop.place(intent)
    assert taken.state is OrderState.ASSIGNED
    sound(shop)


def test_at_the_store_the_customer_named_it_is_refused_though_another_has_it(shop):
    sell_out(shop, "TEA", shop.near)
    assert shop.place_one(("TEA", 1), store_code="NEAR").code == "sold_out"
    assert shop.place_one(("TEA", 1), store_code="FAR").store_ids == (shop.far.id,)


def test_a_service_that_is_sold_out_at_a_store_sends_the_order_to_another(shop):
    sell_out(shop, "FIX", shop.near)
    assert shop.place_one(("CUP", 1), ("FIX", 1)).store_ids == (shop.far.id,)
    sell_out(shop, "FIX", shop.far)
    assert shop.place_one(("CUP", 1), ("FIX", 1)).code == "sold_out"


def test_a_till_sale_and_an_order_a_platform_has_sold_are_taken_all_the_same(shop):
    sell_out(shop, "TEA")
    (sale,) = shop.place(shop.till_sale(("TEA", 1)))
    assert sale.state is OrderState.COMPLETED
    (sold,) = shop.place(shop.sold_elsewhere(("TEA", 1, 500)))
    assert sold.state is OrderState.BACKORDER
    sound(shop)


def test_a_picture_of_a_moment_ago_does_not_sell_what_is_sold_out(shop):
    supply.supply_of(shop.brand.id)
    set_sold_out(shop.brand.id, [shop.items["TEA"].id], store_id=shop.near.id, by="kim")
    assert shop.place_one(("TEA", 1)).store_ids == (shop.far.id,)
    want = Want(uuid7(), shop.near.id, {shop.items["TEA"].id: 1})
    assert reserve([want], brand=shop.brand.id).refused[0].sold_out


def test_the_picture_hears_of_it_by_event(committed_shop, monkeypatch):
    shop = committed_shop
    # The shop's own opening, read late because somebody else writes in the cluster, must not bring a new picture.
    monkeypatch.setattr(supply, "NAMES", ["inventory.stock_changed", "inventory.sold_out_changed"])
    with in_brand(shop.brand.id):
        picture = supply.supply_of(shop.brand.id)
    set_sold_out(shop.brand.id, [shop.items["FIX"].id], store_id=None, by="kim", until=Until.BY_HAND)
    for _ in range(25):  # an open transaction of anybody in the cluster holds the outbox's horizon back for a moment
        time.sleep(supply.FRESH_S)
        with in_brand(shop.brand.id):
            now = supply.supply_of(shop.brand.id)
        if shop.items["FIX"].id in now.index.out:
            break
    assert now is picture
    assert shop.place_one(("CUP", 1), ("FIX", 1)).code == "sold_out"
