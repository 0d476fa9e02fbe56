"""What waits in the queue is promised: newcomers may take only what is left beyond it."""

import time

import pytest

from datong.brand.types import AddressText
from datong.fulfilment.types import FulfilmentKind
from datong.inventory.api import receive
from datong.inventory.types import StockRow
from datong.kernel.db import in_brand
from datong.orders import api
from datong.orders.sourcing import supply
from datong.orders.tests.conftest import forget, sound
from datong.orders.types import Destination, OrderState


def arrives(shop, units, store=None):
    receive(shop.brand.id, [StockRow((store or shop.far).id, shop.items["TEA"].id, units)])
    forget(shop)


@pytest.mark.requirement("S-146")
def test_stock_that_arrives_for_a_waiting_order_is_not_sold_to_a_newcomer(shop):
    waiting = shop.place_one(("TEA", 11))  # each of the two stores has 10
    arrives(shop, 1)
    first, second = shop.place_one(("TEA", 10)), shop.place_one(("TEA", 1))
    assert (first.state, second.state) == (OrderState.ASSIGNED, OrderState.BACKORDER)
    refused = [c["refused"] for c in shop.page(second).decisions[0].refused]
    assert refused == ["not_enough_stock", "promised_to_waiting"]  # near is empty, far has the eleven
    assert api.retry_waiting(brand=shop.brand.id) == 1
    assert shop.page(waiting).store_id == shop.far.id
    sound(shop)


def test_the_next_order_of_another_batch_hears_of_the_queue_from_the_outbox(committed_shop):
    shop = committed_shop
    supply.supply_of(shop.brand.id)
    shop.place_one(("TEA", 15))
    until = time.monotonic() + 20  # a transaction that is open anywhere in the cluster holds the outbox back
    while (left := spare(shop)) != 5 and time.monotonic() < until:
        time.sleep(supply.FRESH_S)
    assert left == 5
    assert shop.place_one(("TEA", 6)).state is OrderState.BACKORDER


def spare(shop):
    with in_brand(shop.brand.id):
        return supply.supply_of(shop.brand.id).index.spare(shop.items["TEA"].id)


def test_units_beyond_what_waits_are_free_for_newcomers(shop):
    shop.place_one(("TEA", 11))
    arrives(shop, 20)
    assert shop.place_one(("TEA", 29)).state is OrderState.ASSIGNED
    assert shop.place_one(("TEA", 1)).state is OrderState.BACKORDER


def test_what_waits_at_a_store_for_pickup_is_kept_from_those_who_come_to_that_store(shop):
    pickup = {"fulfilment": FulfilmentKind.PICKUP, "store_code": "NEAR"}
    waiting = shop.place_one(("TEA", 18), **pickup)
    arrives(shop, 8, shop.near)
    late, other = shop.place_one(("TEA", 1), **pickup), shop.place_one(("TEA", 10))
    assert (late.state, shop.page(late).decisions[0].refused[0]["refused"]) == ("backorder", "promised_to_waiting")
    assert (other.state, shop.page(other).store_id) == (OrderState.ASSIGNED, shop.far.id)
    api.retry_waiting(brand=shop.brand.id)
    assert shop.page(waiting).state == "assigned"
    sound(shop)


def test_the_counter_sells_what_is_on_its_shelf_whoever_waits(shop):
    shop.place_one(("TEA", 21))
    (sale,) = shop.place(shop.till_sale(("TEA", 10)))
    assert sale.state is OrderState.COMPLETED
    assert shop.stock("TEA").on_hand == 0


def test_what_waits_is_told_by_item_and_store(shop):
    shop.place_one(("TEA", 11), ("CUP", 1))
    shop.place_one(("TEA", 18), fulfilment=FulfilmentKind.PICKUP, store_code="NEAR")
    tea, cup, fix = (shop.items[sku].id for sku in ("TEA", "CUP", "FIX"))
    waiting = api.waiting_units(shop.brand.id, [tea, fix])
    assert waiting == {tea: api.Waiting(11, {shop.near.id: 18})}
    assert waiting[tea].units == 29
    assert api.waiting_units(shop.brand.id, [cup])[cup].units == 1


def test_orders_that_nobody_will_ever_serve_do_not_keep_the_others_waiting(shop):
    nowhere = Destination(AddressText(line="?", city="Nowhere"))
    for _ in range(3):
        shop.place_one(("TEA", 1), destination=nowhere)
    waiting = shop.place_one(("TEA", 11))
    arrives(shop, 5)
    assert [api.retry_waiting(brand=shop.brand.id, limit=2) for _ in range(2)] == [0, 1]
    assert shop.page(waiting).store_id == shop.far.id
    assert [api.retry_waiting(brand=shop.brand.id, limit=2) for _ in range(2)] == [0, 0], "round again"


def test_orders_whose_items_are_nowhere_are_not_even_tried(shop):
    for _ in range(3):
        shop.place_one(("CUP", 11))
    waiting = shop.place_one(("TEA", 11))
    arrives(shop, 1)
    assert api.retry_waiting(brand=shop.brand.id, limit=1) == 1
    assert shop.page(waiting).state == "assigned"
